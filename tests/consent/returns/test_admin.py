"""Mail that came back is entered at the desk: an address, or the mail that says so."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consent.prospecting import prospecting
from consent.returns import reports
from consent.undeliverable.models import MailReturn, StoppedAddress
from privacy.access.groups import StaffGroup
from privacy.audit.models import AuditEntry
from tests import actors
from tests.conftest import ALICE, BOB
from tests.consent.returns.factories import bounce, complaint, message_id, sent_to

ENTER, LIST = "/admin/consent/mailreturn/enter/", "/admin/consent/mailreturn/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client) -> Client:
    actors.sign_in(client, actors.make_member("seller@example.org", StaffGroup.SALES))
    return client


@pytest.fixture
def alice():
    sent_to(BOB, now=timezone.now())
    return sent_to(ALICE, now=timezone.now())


def test_an_address_is_stopped_for_the_reason_that_is_chosen(seller, alice):
    answer = seller.post(ENTER, {"email": "Alice@example.org", "kind": "PERMANENT"}, follow=True)
    assert "1 report was taken." in answer.text
    assert not prospecting.may_write(ALICE, now=timezone.now())
    assert prospecting.may_write(BOB, now=timezone.now())
    entry = AuditEntry.objects.get(action="consent.mailreturn.entered")
    assert entry.detail == {"reports": 1, "taken": 1}
    again = seller.post(ENTER, {"email": ALICE, "kind": "PERMANENT"}, follow=True)
    assert "Nothing new" in again.text
    assert MailReturn.objects.count() == 1


@pytest.mark.parametrize("as_file", [False, True])
def test_a_mail_is_pasted_or_sent_as_a_file(seller, alice, as_file):
    mail = bounce("passed.on@example.net", "5.1.1", original=message_id(alice))
    way = {"file": SimpleUploadedFile("back.eml", mail)} if as_file else {"pasted": mail.decode()}
    seller.post(ENTER, way, follow=True)
    assert not prospecting.may_write(ALICE, now=timezone.now())
    alice.mailing.refresh_from_db()
    assert alice.mailing.bounced == 1
    assert StoppedAddress.objects.count() == 1


def test_a_complaint_that_came_by_mail_is_an_objection(seller, alice):
    seller.post(ENTER, {"pasted": complaint(ALICE, original=message_id(alice)).decode()})
    assert prospecting.is_suppressed(ALICE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "PERMANENT"}, "Give one of the three"),
        ({"email": ALICE, "pasted": "x"}, "Give one of the three"),
        ({"email": "alice@"}, "Enter a valid email address"),
        ({"pasted": "Good day."}, "does not say that a message came back"),
        ({"email": ALICE, "kind": "NONSENSE"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_taken_is_said(seller, alice, given, said):
    assert said in seller.post(ENTER, given).text
    assert not MailReturn.objects.exists()


def test_a_file_that_is_too_large_is_refused(seller, alice):
    large = SimpleUploadedFile("back.eml", b"x" * (reports.LONGEST_MAIL + 1))
    assert "at most 1 MB" in seller.post(ENTER, {"file": large}).text


def test_the_lists_show_nobody(seller, alice):
    seller.post(ENTER, {"email": ALICE, "kind": "PERMANENT"})
    fingerprint = StoppedAddress.objects.get().fingerprint
    for address in (LIST, "/admin/consent/stoppedaddress/"):
        page = seller.get(address)
        assert page.status_code == 200
        assert ALICE not in page.text
        assert fingerprint not in page.text


def test_without_the_permission_there_is_no_such_page(client, alice):
    actors.sign_in(client, actors.make_member("recruiter@example.org", StaffGroup.RECRUITER))
    assert client.get(ENTER).status_code == client.post(ENTER, {"email": ALICE}).status_code == 403
    assert not MailReturn.objects.exists()
