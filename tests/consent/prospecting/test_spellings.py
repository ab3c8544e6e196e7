"""One mailbox, many spellings."""

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from consent.prospecting.spellings import same_mailbox
from privacy.datamap.subjects import Subject, fingerprint, normalise_email
from privacy.journal.entries import JournalEntry
from tests import prospects

LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
GMAIL = st.sampled_from(["gmail.com", "googlemail.com"])
BOB = "bob@example.org"


@pytest.mark.parametrize(("typed", "mailbox"), [
    ("Alice@Example.ORG", "alice@example.org"),
    ("ａｌｉｃｅ@example.org", "alice@example.org"),
    ("alice@Bücher.example", "alice@xn--bcher-kva.example"),
    ("alice@XN--BCHER-KVA.example", "alice@xn--bcher-kva.example"),
    ("A.Li.Ce+news@Gmail.com", "alice@gmail.com"),
    ("alice@googlemail.com", "alice@gmail.com"),
    ("a.lice@example.org", "a.lice@example.org"),  # somebody else, at other providers
    ("alice+news@example.org", "alice+news@example.org"),
    ("alice@gmail.com.example.org", "alice@gmail.com.example.org"),
    ("alice@notgmail.com", "alice@notgmail.com"),
])  # fmt: skip
def test_spellings_of_one_mailbox_are_one(typed, mailbox):
    assert same_mailbox(typed) == mailbox


@given(LOCAL, st.data(), GMAIL)
def test_dots_pluses_and_case_make_no_other_mailbox_at_gmail(local, data, domain):
    dotted = local[0] + "".join(data.draw(st.sampled_from(["", "."])) + sign for sign in local[1:])
    plus = data.draw(st.sampled_from(["", "+", "+news", "+a.b"]))
    cased = "".join(data.draw(st.sampled_from([sign, sign.upper()])) for sign in dotted)
    assert same_mailbox(f"{cased}{plus}@{domain}") == f"{local}@gmail.com"


@given(LOCAL, LOCAL)
def test_different_mailboxes_stay_different(one, other):
    assert (same_mailbox(f"{one}@gmail.com") == same_mailbox(f"{other}@gmail.com")) == (one == other)
    assert same_mailbox(f"{one}.{other}@example.org") != same_mailbox(f"{one}{other}@example.org")


@given(st.text(max_size=80))
def test_it_never_fails_and_changes_nothing_twice(text):
    assert same_mailbox(same_mailbox(text)) == same_mailbox(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "stopped", ["ALICE.MARTIN@GMAIL.COM", "alicemartin+x@googlemail.com", "ａlicemartin@gmail.com"]
)
def test_a_stop_in_any_spelling_takes_the_prospect_off_and_keeps_others(now, stopped):
    for email in ("alice.martin@gmail.com", BOB):
        prospects.confirmed(email=email, now=now)
    prospecting.withdraw(email=stopped, act="LINK", words="Stop", language="en", page="/", now=now)
    assert [each.email for each in Prospect.objects.all()] == [BOB]
    assert prospecting.is_suppressed("alicemartin@gmail.com")
    assert not prospecting.is_suppressed(BOB)


@pytest.mark.django_db
@pytest.mark.parametrize("stopped", ["alice.martin@gmail.com", "A.LiceMartin+news@googlemail.com"])
def test_who_is_suppressed_in_another_spelling_is_not_writable_although_listed(now, stopped):
    for email in ("alice.martin@gmail.com", BOB):
        prospects.confirmed(email=email, now=now)
    prospecting.suppress(stopped, now=now)
    writable = Prospect.objects.writable(entity="818 145 302", now=now)
    assert [each.email for each in writable] == [BOB]


UNICODE, PUNYCODE = "alice@exämple.example", "alice@xn--exmple-cua.example"


@pytest.mark.django_db
@pytest.mark.parametrize("listed", [UNICODE, PUNYCODE])
@pytest.mark.parametrize("stopped", [
    UNICODE, PUNYCODE, UNICODE.upper(), PUNYCODE.upper(),
    "alice@exa\u0308mple.example",  # a and its diaeresis, as two signs
    "\uff41lice@\uff45xämple.example",  # full width
    "ali\u217de@exämple.example",  # a Roman numeral that NFKC turns into c
])  # fmt: skip
def test_a_domain_is_stopped_in_its_letters_and_as_the_network_spells_it(now, listed, stopped):
    for email in (normalise_email(listed), "alice@example.example", BOB):
        prospects.confirmed(email=email, now=now)
    prospecting.suppress(stopped, now=now)
    assert all(map(prospecting.is_suppressed, (listed, listed.upper(), stopped)))
    writable = Prospect.objects.writable(entity="818 145 302", now=now)
    assert {each.email for each in writable} == {"alice@example.example", BOB}


@pytest.mark.django_db
def test_an_entry_of_before_spellings_goes_on_suppressing(now):
    """Made of the address as it was spelt: nobody can compute it anew."""
    prospects.confirmed(email="alice.martin@gmail.com", now=now)
    prospects.confirmed(email=BOB, now=now)
    Suppression.objects.create(fingerprint=fingerprint("alice.martin@gmail.com"), added_at=now)
    assert prospecting.is_suppressed("Alice.Martin@gmail.com")
    assert not prospecting.may_write("alice.martin@gmail.com", now=now)
    assert prospecting.may_write(BOB, now=now)


@pytest.mark.django_db
def test_a_corrected_address_is_compared_under_its_new_spelling(now):
    prospects.confirmed(email="alice@example.org", now=now)
    row = Prospect.objects.get()
    row.email = "alice@gmail.com"
    row.save(update_fields=["email"])
    prospecting.suppress("a.lice@gmail.com", now=now)
    assert not prospecting.may_write("alice@gmail.com", now=now)


@pytest.mark.django_db
def test_a_restored_backup_brings_back_no_spelling(now):
    later = now + relativedelta(hours=1)
    prospects.confirmed(email="alice.martin@gmail.com", now=now)
    prospects.confirmed(email=BOB, now=now)
    who = fingerprint("alicemartin@gmail.com")
    entry = JournalEntry(1, later, "consent.suppressed", {"who": [who]})
    prospecting.replay_suppression(entry, Subject(), now=later)
    assert [each.email for each in Prospect.objects.all()] == [BOB]
    assert prospecting.is_suppressed("alice.martin@gmail.com")
