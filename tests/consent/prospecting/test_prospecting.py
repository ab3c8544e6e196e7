"""The unticked box, and who may be written to."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.preferences.forms import OPT_IN, OptInMixin
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import by_controller
from privacy.datamap import masks
from privacy.datamap.subjects import Subject, fingerprint, normalise_email
from privacy.journal.store import ErasureJournal
from privacy.policy import publishing
from privacy.retention import purge
from privacy.rights import erasure
from tests import prospects

pytestmark = pytest.mark.django_db
ALICE, BOB = "alice@example.org", "bob@example.org"


def opt_in(email: str, now, *, entity: str = "") -> None:
    prospects.confirmed(
        email=email, sentence="I agree.", language="en", page="/contact/", now=now, entity=entity
    )


def ask(email: str, now) -> ConsentEvent:
    asked = prospecting.ask(email=email, sentence="I agree.", language="en", page="/contact/", now=now)
    assert asked is not None
    return asked


def withdraw(email: str, now) -> None:
    prospecting.withdraw(email=email, act=Act.LINK, words="Stop", language="en", page="/", now=now)


def yes_of(email: str) -> ConsentEvent:
    return ConsentEvent.objects.get(email=email, kind="GRANT")


def test_the_box_is_optional_and_not_ticked():
    form = OptInMixin({}, collection=by_controller())
    assert form.is_valid()
    assert form.cleaned_data == {"opt_in": False, "collected_for": ""}
    assert "checked" not in str(OptInMixin(collection=by_controller()))
    assert form.opt_in_sentence() == str(OPT_IN % {"company": "SoftNLabs"})


def test_a_yes_is_for_the_company_that_its_sentence_names(now):
    opt_in(ALICE, now, entity="732 829 320")
    opt_in(BOB, now)
    assert prospecting.may_write(ALICE, entity="732 829 320", now=now)
    assert not prospecting.may_write(ALICE, now=now)
    assert not prospecting.may_write(BOB, entity="732 829 320", now=now)
    assert yes_of(ALICE).entity == "732 829 320"
    assert yes_of(BOB).entity == "818 145 302"


def test_a_yes_to_another_company_replaces_the_first(now):
    later = now + relativedelta(years=1)
    opt_in(ALICE, now, entity="732 829 320")
    opt_in(ALICE, later)
    assert prospecting.may_write(ALICE, now=later)
    assert not prospecting.may_write(ALICE, entity="732 829 320", now=later)
    assert Prospect.objects.get().agreed_at == later


def test_a_withdrawal_bears_the_company_of_the_yes(now):
    opt_in(ALICE, now, entity="732 829 320")
    withdraw(ALICE, now)
    assert ConsentEvent.objects.get(kind="WITHDRAW").entity == "732 829 320"


def test_the_sentence_is_kept_as_proof(now):
    opt_in(ALICE, now)
    asked, given = ConsentEvent.objects.order_by("id")
    assert [(line.kind, line.act) for line in (asked, given)] == [("ASK", "BOX"), ("GRANT", "LINK")]
    for line in (asked, given):
        assert (line.email, line.topic) == (ALICE, "prospecting")
        assert (line.wording.text, line.page, line.happened_at) == ("I agree.", "/contact/", now)
        assert (line.entity, line.policy_version) == ("818 145 302", publishing.version_stamp())
    assert prospecting.may_write(ALICE, now=now)
    assert not prospecting.may_write(BOB, now=now)


def test_a_second_box_is_a_new_line_and_a_sign_of_life(now):
    opt_in(ALICE, now)
    later = now + relativedelta(years=1)
    opt_in(ALICE, later)
    assert [line.kind for line in ConsentEvent.objects.order_by("id")] == ["ASK", "GRANT"] * 2
    prospect = Prospect.objects.get()
    assert (prospect.agreed_at, prospect.last_contact_at) == (now, later)


def test_three_years_of_silence_end_it(now):
    opt_in(ALICE, now)
    end = now + relativedelta(years=3)
    assert prospecting.may_write(ALICE, now=end - relativedelta(seconds=1))
    assert not prospecting.may_write(ALICE, now=end)
    assert [prospect.email for prospect in Prospect.objects.due(end)] == [ALICE]


def test_who_says_stop_is_not_written_to_until_they_confirm_anew(now):
    for email in (ALICE, BOB):
        opt_in(email, now)
    withdraw(ALICE, now)
    assert not prospecting.may_write(ALICE, now=now)
    assert ConsentEvent.objects.filter(kind="WITHDRAW").get().email == ALICE
    later = now + timedelta(hours=1)
    asked = ask(ALICE, later)
    assert not prospecting.may_write(ALICE, now=later)
    assert prospecting.is_suppressed(ALICE)
    assert not Prospect.objects.filter(email=ALICE).exists()
    assert prospecting.confirm_asking(asked, now=later)
    assert prospecting.may_write(ALICE, now=later)
    assert not prospecting.is_suppressed(ALICE)
    assert prospecting.may_write(BOB, now=later)


@pytest.mark.parametrize(
    "spelling",
    [
        "alice@example.org",
        "Alice@Example.ORG",
        " alice@example.org ",
        "ａｌｉｃｅ@example.org",  # full width
        "alice@ｅｘａｍｐｌｅ.org",
    ],
)
def test_nobody_may_write_to_somebody_suppressed_although_listed(now, spelling):
    """A restored backup, or a row made by hand, may list an address that is on the suppression list."""
    email = normalise_email(spelling)
    for listed in (email, BOB):
        opt_in(listed, now)
    assert prospecting.may_write(email, now=now)
    prospecting.suppress(email, now=now)
    assert Prospect.objects.filter(email=email).exists()
    assert not prospecting.may_write(email, now=now)
    assert not prospecting.may_write(spelling, now=now)
    assert prospecting.may_write(BOB, now=now)


@pytest.mark.parametrize(("typed", "stored"), [
    ("Zoé@Example.org", "zoé@example.org"),
    ("zoe\u0301@example.org", "zoé@example.org"),  # an accent of its own
    ("alice@Bücher.example", "alice@xn--bcher-kva.example"),
    ("alice@bu\u0308cher.example", "alice@xn--bcher-kva.example"),
    ("alice@XN--BCHER-KVA.example", "alice@xn--bcher-kva.example"),
])  # fmt: skip
def test_an_address_is_suppressed_in_every_spelling_of_its_mailbox(now, typed, stored):
    opt_in(stored, now)
    opt_in(BOB, now)
    prospecting.suppress(normalise_email(typed), now=now)
    assert prospecting.is_suppressed(stored)
    assert Prospect.objects.filter(email=stored).exists()
    assert not prospecting.may_write(stored, now=now)
    assert prospecting.may_write(BOB, now=now)


def test_the_list_holds_no_address(now):
    withdraw(ALICE, now)
    withdraw(ALICE, now)
    assert ALICE not in Suppression.objects.get().fingerprint
    assert ConsentEvent.objects.count() == 0


def test_the_desk_shows_nobody_past_their_period_and_writes_each_look_down(dpo_client, dpo):
    now = timezone.now()
    opt_in(ALICE, now - relativedelta(years=3, hours=2))
    opt_in(BOB, now)
    page = dpo_client.get("/admin/consent/prospect/").content.decode()
    assert masks.email(ALICE) not in page
    assert masks.email(BOB) in page
    dpo_client.get(f"/admin/consent/prospect/{Prospect.objects.get(email=BOB).pk}/change/")
    dpo_client.get(f"/admin/consent/consentevent/{yes_of(BOB).pk}/change/")
    seen = AuditEntry.objects.filter(about=fingerprint(BOB), actor=f"user:{dpo.pk}")
    assert {entry.action for entry in seen} == {"consent.prospect.viewed", "consent.consentevent.viewed"}


def test_a_yes_ends_in_the_ledger_when_its_owner_is_a_prospect_no_more(now):
    opt_in(ALICE, now)
    opt_in(BOB, now)
    Prospect.objects.filter(email=BOB).update(last_contact_at=now + timedelta(days=900))
    late = now.replace(year=now.year + 3)
    assert prospecting.expire_inactive(now=late - timedelta(seconds=1)) == 0
    assert prospecting.expire_inactive(now=late) == 1
    assert prospecting.expire_inactive(now=late) == 0
    event = ConsentEvent.objects.get(kind="EXPIRE")
    assert (event.email, event.act, event.happened_at, event.term.ended_at) == (ALICE, "CLOCK", late, late)


def test_an_asking_is_no_yes_and_is_deleted_after_seven_days(now, acting):
    ask(ALICE, now)
    opt_in(BOB, now)
    late = now + timedelta(days=7)
    assert not Prospect.objects.filter(email=ALICE).exists()
    purge.run(now=late - timedelta(seconds=1))
    assert ConsentEvent.objects.filter(email=ALICE).count() == 1
    purge.run(now=late)
    assert not ConsentEvent.objects.filter(email=ALICE).exists()
    assert ConsentEvent.objects.filter(email=BOB).count() == 2, "a confirmed asking stays with its yes"


def test_a_suppression_counts_from_the_last_stop_and_goes_after_three_years(now, acting):
    alice, bob = "alice@example.org", "bob@example.org"
    prospecting.suppress(bob, now=now)
    for days in (0, 0.5, 500):
        prospecting.suppress(alice, now=now + timedelta(days=days))
    assert len(ErasureJournal().about(Subject.of_email(alice))) == 2, "the same click again says nothing new"
    since = Suppression.objects.get(fingerprint=fingerprint(alice)).added_at
    assert since == now + timedelta(days=500)
    purge.run(now=now + relativedelta(years=3))
    assert (prospecting.is_suppressed(alice), prospecting.is_suppressed(bob)) == (True, False)
    purge.run(now=since + relativedelta(years=3))
    assert not prospecting.is_suppressed(alice)


def test_a_suppression_outlives_an_erasure_and_is_named_in_the_answer(now, acting):
    prospecting.suppress("alice@example.org", now=now)
    erasure.erase(Subject.of_email("alice@example.org"), now=now)
    assert prospecting.is_suppressed("alice@example.org")
    said = erasure.staying(Subject.of_email("alice@example.org"), now=now)
    assert ["Addresses that we must never send commercial messages to"] in said.values()
    assert not erasure.staying(Subject.of_email("bob@example.org"), now=now)
