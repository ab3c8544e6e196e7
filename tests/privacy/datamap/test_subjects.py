"""One spelling for one mailbox, and never one for two: by it somebody's data are found."""

import pytest

from privacy.datamap.subjects import Subject, fingerprint, normalise_email

ALICE = "alice@example.org"


@pytest.mark.parametrize(
    "spelling",
    [
        "Alice@Example.ORG",
        "  alice@example.org\n",
        "\uff41lice@example.org",  # a wide a, as Japanese keyboards write it
        "\u24d0lice@example.org",
        "alice@\uff45xample.org",
    ],
)
def test_the_same_mailbox_in_other_signs_is_the_same(spelling: str):
    assert normalise_email(spelling) == ALICE
    assert Subject.of_email(spelling).fingerprints == {fingerprint(ALICE)}


@pytest.mark.parametrize(
    "other",
    [
        "\u0430lice@example.org",  # a Cyrillic a
        "alic\u0435@example.org",
        "alice@ex\u0430mple.org",
        "alice+jobs@example.org",
        "a.lice@example.org",
        "alicé@example.org",
        "alice@example.com",
        "al\u0131ce@example.org",  # a dotless i
    ],
)
def test_what_only_looks_like_it_is_somebody_else(other: str):
    assert normalise_email(other) != ALICE
    assert normalise_email(normalise_email(other)) == normalise_email(other)


def test_a_domain_is_kept_as_the_net_writes_it():
    assert normalise_email("alice@b\u00fccher.example") == "alice@xn--bcher-kva.example"
    assert normalise_email("alice@ex\u0430mple.org") == "alice@xn--exmple-4nf.org"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "ali\u200bce@example.org",
        "alice@example.org\r\nBcc: bob@example.org",
        "<alice@example.org>",
    ],
)
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\S"):
        normalise_email(text)
