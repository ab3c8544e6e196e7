"""Enquiries at the desk: read, never edited; a contact is noted and moves the clock."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from privacy.audit.models import AuditEntry
from privacy.datamap.periods import CALENDAR
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests.conftest import ALICE, BOB
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry() -> Enquiry:
    return make_enquiry(ALICE, received_at=timezone.now() - timedelta(days=100))


def test_the_record_is_shown_and_the_look_is_on_record(dpo_client: Client, enquiry: Enquiry) -> None:
    make_enquiry(BOB, surname="Bobinot")
    page = dpo_client.get(f"/fr/admin/website/enquiry/{enquiry.pk}/change/").text
    assert "Could you look after our servers?" in page
    assert "Noter un message" in page
    assert "Bobinot" not in page
    assert AuditEntry.objects.filter(action="website.enquiry.viewed", key=str(enquiry.pk)).count() == 1


def test_since_when_it_waits_is_said_as_a_day_of_paris(dpo_client: Client, enquiry: Enquiry) -> None:
    day = date_format(localtime(enquiry.received_at), "DATETIME_FORMAT")
    page = dpo_client.get(f"/admin/website/enquiry/{enquiry.pk}/change/").content.decode()
    waits = page.partition("Waits since")[2].partition("Assigned to")[0]
    assert day in waits
    assert "+00:00" not in waits


def test_nothing_can_be_edited_added_or_deleted(dpo_client: Client, enquiry: Enquiry) -> None:
    address = f"/admin/website/enquiry/{enquiry.pk}/"
    assert dpo_client.post(f"{address}change/", {"surname": "Other"}).status_code == 404
    assert dpo_client.post(f"{address}delete/", {"post": "yes"}).status_code == 404
    assert dpo_client.get("/admin/website/enquiry/add/").status_code == 403
    assert Enquiry.objects.get().surname == "Lasserre"


def test_a_message_moves_the_clock_and_nothing_else_does(dpo_client: Client, enquiry: Enquiry) -> None:
    address, before = f"/admin/website/enquiry/{enquiry.pk}/contacted/", enquiry.last_contact_at
    today, received_on = timezone.localdate(), timezone.localdate(enquiry.received_at)
    call = {"direction": "OUT", "kind": "CALL", "text": "They will think about it."}
    for typed in ({}, {"on": today}, call, {**call, "on": today + timedelta(days=1)}):
        assert dpo_client.post(address, typed).status_code == 200
    early = {**call, "on": received_on - timedelta(days=1)}
    assert "came after this day" in dpo_client.post(address, early).text
    assert dpo_client.get(f"/admin/website/enquiry/{enquiry.pk}/change/").status_code == 200
    enquiry.refresh_from_db()
    assert enquiry.last_contact_at == before
    typed = {**call, "on": received_on + timedelta(days=5)}
    assert dpo_client.post(address, typed)["Location"] == f"/admin/website/enquiry/{enquiry.pk}/change/"
    enquiry.refresh_from_db()
    assert timezone.localtime(enquiry.last_contact_at, CALENDAR).date() == received_on + timedelta(days=5)
    entry = AuditEntry.objects.get(action="website.enquiry.contacted")
    assert entry.detail == {
        "kind": "CALL",
        "contact_at": enquiry.last_contact_at.astimezone(CALENDAR).isoformat(),
    }


def test_a_contact_of_today_counts_from_now(dpo_client: Client, enquiry: Enquiry) -> None:
    before = timezone.now()
    typed = {
        "direction": "IN",
        "kind": "EMAIL",
        "text": "Thank you.",
        "on": timezone.localdate(timezone=CALENDAR),
    }
    dpo_client.post(f"/admin/website/enquiry/{enquiry.pk}/contacted/", typed)
    enquiry.refresh_from_db()
    assert enquiry.last_contact_at >= before


def test_what_is_past_its_period_is_not_there(dpo_client: Client) -> None:
    old = make_enquiry(ALICE, received_at=timezone.now() - timedelta(days=3 * 366))
    assert dpo_client.get(f"/admin/website/enquiry/{old.pk}/change/").status_code == 404
    assert dpo_client.post(f"/admin/website/enquiry/{old.pk}/contacted/").status_code == 404
    assert f"/{old.pk}/change/" not in dpo_client.get("/admin/website/enquiry/").text


def test_staff_who_may_only_look_cannot_note_a_contact(clerk, enquiry: Enquiry) -> None:
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(f"/admin/website/enquiry/{enquiry.pk}/change/").status_code == 404
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    page = client.get(f"/admin/website/enquiry/{enquiry.pk}/change/")
    assert page.status_code == 200
    assert "Note a message" not in page.text
    assert client.post(f"/admin/website/enquiry/{enquiry.pk}/contacted/").status_code == 404
