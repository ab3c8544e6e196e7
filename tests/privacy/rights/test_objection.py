"""An objection to a use that rests on our legitimate interest (GDPR article 21(1)): the use stops."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.datamap import registry
from privacy.datamap.declarations import Basis
from privacy.datamap.models import Objection
from privacy.datamap.objectable import Use
from privacy.datamap.registry import holding, holdings
from privacy.datamap.subjects import Subject, fingerprint
from privacy.datamap.usable import usable
from privacy.recipients import processors
from privacy.recipients.models import Transmission
from privacy.retention import tasks
from privacy.rights import erasure, holds, objection, rectification
from privacy.rights.rectification import FieldCorrection
from privacy.rights.restriction import NoAddressError
from softnlabs.website.enquiries.models import Enquiry
from tests import desk_searches
from tests import holdings as made
from tests.conftest import ALICE, BOB
from tests.privacy.factories import make_processor
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
KIND = "website.enquiry"
EXCHANGED = ("website.enquirymessage", "website.enquiryattachment")  # each can be objected to by itself
DAY = timedelta(days=1)


def object_to_enquiries(now: datetime, **facts: str) -> Objection:
    (placed,) = objection.object_to(Subject.of_email(ALICE), [KIND], now=now, **facts)
    placed.refresh_from_db()
    return placed


def written(*emails: str, at: datetime) -> list[Enquiry]:
    return [make_enquiry(email, received_at=at) for email in emails]


@pytest.fixture
def held(acting, now) -> None:
    """What Alice wrote is needed for a claim, so it stays."""
    holds.place(email=ALICE, reason="Litigation", review_on=now.date(), now=now)


@pytest.fixture
def not_given(monkeypatch) -> Iterator[None]:
    """As if enquiries arose from our own work."""
    monkeypatch.setattr(Enquiry, "personal_data", replace(Enquiry.personal_data, given_at=""))
    registry.holdings.cache_clear()
    yield
    monkeypatch.undo()
    registry.holdings.cache_clear()


def test_what_nothing_needs_is_deleted_and_the_address_is_forgotten(now):
    written(ALICE, BOB, at=now - DAY)
    placed = object_to_enquiries(now, reference="ABCD-EFGH", reason="Our interest does not prevail.")
    assert Enquiry.objects.get().email == BOB
    assert (placed.about, placed.keys, placed.reference) == (fingerprint(ALICE), {}, "ABCD-EFGH")
    entry = AuditEntry.objects.get(action="privacy.objection.carried_out")
    assert (entry.about, entry.detail) == (placed.about, {"holding": KIND, "rows": 1, "needed": 0})


@pytest.mark.parametrize("label", EXCHANGED)
def test_what_was_exchanged_goes_and_what_was_asked_stays(now, label):
    for name in ("alice", "bob"):
        made.MAKERS[label](made.person(name, now), now - DAY)
    objection.object_to(Subject.of_email(ALICE), [label], now=now)
    known = next(each for each in holdings() if each.label == label)
    assert not known.about(Subject.of_email(ALICE)).exists()
    assert known.about(Subject.of_email(BOB)).count() == 1
    assert set(Enquiry.objects.values_list("email", flat=True)) == {ALICE, BOB}


@pytest.mark.usefixtures("held")
def test_what_a_claim_needs_is_stored_and_in_no_use(now):
    row, other = written(ALICE, BOB, at=now - DAY)
    object_to_enquiries(now)
    assert set(Enquiry.objects.all()) == {row, other}
    assert list(usable(Enquiry.objects.all(), now)) == [other]


@pytest.mark.usefixtures("held")
def test_nobody_at_the_desk_sees_it_neither_in_the_list_nor_in_the_search_nor_by_its_address(
    dpo_client: Client, now
):
    row, other = written(ALICE, BOB, at=now - DAY)
    listed = "/admin/website/enquiry/"
    assert f"/{row.pk}/change/" in dpo_client.get(listed).text
    assert f"/{row.pk}/change/" in desk_searches.search(dpo_client, listed, ALICE).text
    object_to_enquiries(now)
    assert f"/{row.pk}/change/" not in dpo_client.get(listed).text
    assert f"/{row.pk}/change/" not in desk_searches.search(dpo_client, listed, ALICE).text
    assert f"/{other.pk}/change/" in dpo_client.get(listed).text
    assert dpo_client.get(f"{listed}{row.pk}/change/").status_code == 404


@pytest.mark.usefixtures("held")
def test_no_processor_gets_it(now):
    written(ALICE, BOB, at=now - DAY)
    object_to_enquiries(now)
    processor = make_processor(purposes=["VISITORS"], categories=["EMAIL"])
    taken = processors.export(processor, holding(Enquiry), reason="A move", now=now)
    assert [row["email"] for row in taken.rows] == [BOB]
    assert list(Transmission.objects.values_list("about", flat=True)) == [fingerprint(BOB)]


@pytest.mark.usefixtures("held")
def test_what_the_person_writes_afterwards_is_an_act_of_their_own(now):
    written(ALICE, at=now - DAY)
    object_to_enquiries(now)
    (later,) = written(ALICE, at=now + DAY)
    objection.carry_out(now=now + DAY)
    assert list(usable(Enquiry.objects.all(), now + DAY)) == [later]


@pytest.mark.usefixtures("not_given")
def test_what_comes_of_our_own_work_is_out_of_use_as_it_comes_and_deleted(now):
    placed = object_to_enquiries(now)
    assert placed.keys["emails"] == [ALICE]
    _mine, other = written(ALICE, BOB, at=now + DAY)
    assert list(usable(Enquiry.objects.all(), now + DAY)) == [other]
    assert objection.left_behind(now=now + DAY) == 1
    tasks.carry_out_objections()
    assert list(Enquiry.objects.all()) == [other]
    assert objection.left_behind(now=now + DAY) == 0


@pytest.mark.usefixtures("held")
def test_what_a_hold_kept_goes_when_the_hold_has_ended(now):
    written(ALICE, BOB, at=now - DAY)
    placed = object_to_enquiries(now)
    holds.lift(holds.Hold.objects.get(lifted_at=None), now=now)
    assert objection.left_behind(now=now) == 0, "the task has its time"
    assert objection.left_behind(now=now + timedelta(hours=2)) == 1
    objection.carry_out(now=now)
    placed.refresh_from_db()
    assert (Enquiry.objects.get().email, placed.keys) == (BOB, {})


@pytest.mark.usefixtures("held")
def test_it_ends_when_the_person_asks_and_only_once(now):
    (row,) = written(ALICE, at=now - DAY)
    placed = object_to_enquiries(now, reference="ABCD-EFGH")
    assert objection.of_request("ABCD-EFGH") == [placed]
    assert objection.of_request("") == []
    assert objection.end(placed, now=now)
    assert not objection.end(placed, now=now)
    assert list(usable(Enquiry.objects.all(), now)) == [row]
    placed.refresh_from_db()
    assert (placed.keys, placed.ended_at) == ({}, now)


@pytest.mark.usefixtures("held")
def test_a_corrected_address_stays_out_of_use(now):
    (row,) = written(ALICE, at=now - DAY)
    object_to_enquiries(now)
    correction = FieldCorrection(KIND, str(row.pk), "email", "alice@example.net")
    rectification.rectify(Subject.of_email(ALICE), [correction], now=now)
    assert not usable(Enquiry.objects.all(), now).exists()


@pytest.mark.usefixtures("not_given")
def test_an_erasure_leaves_the_objection_without_the_address_and_it_holds_for_who_comes_back(now):
    placed = object_to_enquiries(now)
    erasure.erase(Subject.of_email(ALICE), now=now)
    placed.refresh_from_db()
    assert (placed.keys, placed.ended_at) == ({}, None)
    written(ALICE, BOB, at=now + DAY)
    tasks.carry_out_objections()
    assert Enquiry.objects.get().email == BOB
    assert AuditEntry.objects.filter(action="privacy.objection.keys_attached", about=placed.about).exists()


def test_without_an_address_nobody_can_object_here(now):
    with pytest.raises(NoAddressError):
        objection.object_to(Subject(), [KIND], now=now)


@pytest.mark.parametrize("label", ["privacy.signin", "privacy.auditentry", "no.such"])
def test_what_cannot_be_stopped_for_one_person_is_refused_and_nothing_is_placed(now, label):
    with pytest.raises(objection.NotObjectableError):
        objection.object_to(Subject.of_email(ALICE), [KIND, label], now=now)
    assert not Objection.objects.exists()


def test_what_rests_on_our_interest_and_concerns_the_person_is_proposed(now):
    written(ALICE, at=now - DAY)
    assert [each.label for each in objection.concerning(Subject.of_email(ALICE), now=now)] == [KIND]
    assert objection.concerning(Subject.of_email(BOB), now=now) == []


def test_each_kind_that_rests_on_our_interest_says_how_an_objection_to_it_is_met():
    """By being stopped, or by the reason why it goes on. Whoever adds a kind decides which, and names it here."""
    resting = [each for each in holdings() if each.data.basis == Basis.LEGITIMATE_INTEREST]
    assert {each.label for each in resting if Use(each).is_objectable} == {KIND, *EXCHANGED}
