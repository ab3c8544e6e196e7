"""Every spelling of an address is counted as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.datamap import subjects
from softnlabs.website.accounts import mailboxes

LOCAL = st.text("abcXYZ019._-é", min_size=1, max_size=12)
HOST = st.sampled_from(
    ["example.org", "EXAMPLE.org", "müller.example.org", "MÜLLER.Example.ORG", "xn--mller-kva.example.org"]
)


def same(local: str, host: str) -> set[str]:
    """Spellings of one address that open the same account."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and c != "@" else c for c in local)
    return {f"{each}@{host}" for each in (local, local.upper(), local.lower(), wide, f"  {local}")}


@given(LOCAL, HOST)
def test_what_is_one_address_to_the_site_is_counted_as_one(local: str, host: str):
    counted: dict[str, set[str]] = {}
    for spelling in same(local, host):
        try:
            counted.setdefault(subjects.normalise_email(spelling), set()).add(
                mailboxes.one_spelling(spelling)
            )
        except ValueError:
            assert mailboxes.one_spelling(spelling) == mailboxes.one_spelling(spelling.strip().upper())
    assert all(len(each) == 1 for each in counted.values())


@given(st.text(max_size=300))
def test_whatever_is_typed_can_be_counted(typed: str):
    assert isinstance(mailboxes.one_spelling(typed), str)


@pytest.mark.parametrize(
    "other", ["Alice@EXAMPLE.ORG", "alice+shop@example.org", "ａｌｉｃｅ@example.org", " alice@example.org "]
)
def test_these_are_alice(other: str):
    assert mailboxes.one_spelling(other) == "alice@example.org"


@pytest.mark.parametrize("other", ["a.lice@example.org", "alice@example.net", "+alice@example.org"])
def test_these_are_others(other: str):
    assert mailboxes.one_spelling(other) != "alice@example.org"
