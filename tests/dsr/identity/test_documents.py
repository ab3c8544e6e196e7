"""Documents that a person adds to a request."""

import io
import zipfile

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.identity import documents as request_documents
from dsr.identity import verification
from dsr.requests.document_models import Enclosure
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.review import decisions
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.mail.models import Mail
from tests import actors, documents
from tests.dsr.admin_pages import QUEUE, page_of
from tests.dsr.factories import make_request
from tests.dsr.pages import client_with_grant
from tests.dsr.proofs import CARD, send, sent, sent_documents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_a_document_is_added_seen_by_both_and_given_back_in_the_package(subject_request, dpo_client, now):
    client = client_with_grant(subject_request)
    posted = send(
        client, subject_request, "document", document=sent(documents.pdf("Letter of May"), "letter.pdf")
    )
    assert posted.url == f"/privacy/requests/{subject_request.pk}/#documents"
    page = client.get(posted.url).content.decode()
    assert "letter.pdf" in page
    assert "A document was added." in page
    enclosed = Enclosure.objects.get().file
    assert f"papers/{enclosed.pk}/" in page_of(dpo_client, subject_request)
    assert Mail.objects.filter(message="request_waiting").count() == 2
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(subject_request.package.file))) as archive:
        names = [name for name in archive.namelist() if "dsr.enclosure" in name]
        assert [archive.read(name) for name in names] == [documents.pdf("Letter of May")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"<!doctype html><script>alert(1)</script>", "This one looks like .html"),
        ("a.pdf", documents.script_pdf(), "This document holds a script"),
        ("a.jpg", documents.image()[:300], "This file is damaged"),
        ("a.pdf", b"", "This file is empty"),
        ("a.exe", documents.pdf(), "The name of this file ends in .exe"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(subject_request, name, content, words):
    client = client_with_grant(subject_request)
    response = send(client, subject_request, "document", document=sent(content, name))
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert 'aria-invalid="true"' in page
    assert sent_documents().count() == 0
    assert send(client, subject_request, "document").status_code == 422


def test_the_error_is_in_the_persons_language(subject_request):
    client = client_with_grant(subject_request)
    response = client.post(
        f"/fr/privacy/requests/{subject_request.pk}/document/", {"document": sent(b"", "a.pdf")}
    )
    assert "Ce fichier est vide" in response.content.decode()


def test_a_request_takes_so_many_documents_and_no_more(subject_request, now, monkeypatch):
    monkeypatch.setattr(request_documents, "MAX_DOCUMENTS", 1)
    request_documents.add(subject_request.pk, CARD, now=now)
    with pytest.raises(request_documents.TooManyDocumentsError):
        request_documents.add(subject_request.pk, CARD, now=now)
    response = send(
        client_with_grant(subject_request),
        subject_request,
        "document",
        document=sent(documents.pdf(), "a.pdf"),
    )
    assert "many documents already" in response.content.decode()
    assert Enclosure.objects.count() == 1


def test_once_it_is_decided_nothing_can_be_added(subject_request, now):
    client = client_with_grant(subject_request)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    address = f"/privacy/requests/{subject_request.pk}/document/"
    assert client.get(address).status_code == 302
    response = send(client, subject_request, "document", document=sent(documents.pdf(), "a.pdf"))
    assert "has just been decided" in response.content.decode()
    assert Enclosure.objects.count() == 0


def test_the_documents_of_a_request_are_for_its_own_person(subject_request, now):
    other = make_request(now, email="bob@example.org", first_name="Bob")
    verification.request_proof(other.pk, reason="Doubt.", now=now)
    client = client_with_grant(subject_request)
    for what in ("document", "identity"):
        assert client.get(f"/privacy/requests/{other.pk}/{what}/").status_code == 403
        assert send(client, other, what, document=sent(documents.pdf(), "a.pdf")).status_code == 403
    assert sent_documents().count() == 0


def enclosed(subject_request, content: bytes, name: str) -> str:
    """The address at the desk of a document that was just sent with the form."""
    send(client_with_grant(subject_request), subject_request, "document", document=sent(content, name))
    return f"{QUEUE}{subject_request.pk}/papers/{Enclosure.objects.get().file_id}/"


@pytest.mark.parametrize(
    ("name", "content", "has_picture"),
    [
        ("letter.pdf", documents.pdf("Letter of May"), True),
        ("letter.docx", documents.docx(text="Letter of May"), False),
    ],
)
def test_a_document_that_is_kept_as_sent_is_shown_and_its_original_warned_of(
    subject_request, dpo_client, name, content, has_picture
):
    address = enclosed(subject_request, content, name)
    assert dpo_client.get(f"{address}pages/1/").status_code == 404  # no look on record yet
    shown = dpo_client.get(address)
    assert shown.headers["Content-Type"].startswith("text/html")
    assert "Letter of May" in shown.text
    assert (f"{address}pages/1/" in shown.text) is has_picture
    picture = dpo_client.get(f"{address}pages/1/")
    assert picture.headers["Content-Type"] == "image/webp" if has_picture else picture.status_code == 404
    assert dpo_client.get(f"{address}pages/2/").status_code == 404
    assert AuditEntry.objects.filter(action="dsr.document.opened").count() == 1
    warning = dpo_client.get(f"{address}original/")
    assert "a file as a stranger sent it" in warning.text
    original = dpo_client.post(f"{address}original/")
    assert original.content == content
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(action="dsr.document.opened").count() == 2


def test_what_was_drawn_anew_when_it_came_is_a_download(subject_request, dpo_client):
    address = enclosed(subject_request, documents.phone_jpeg(), "card.jpg")
    assert dpo_client.get(address).headers["Content-Disposition"].startswith("attachment")
    assert dpo_client.get(f"{address}original/").status_code == 404
    assert "drawn anew when they arrive" in page_of(dpo_client, subject_request)


def test_nobody_else_sees_the_document_its_pages_or_its_original(subject_request, clerk):
    address = enclosed(subject_request, documents.pdf(), "letter.pdf")
    staff = Client()
    actors.sign_in(staff, clerk)
    for each in (address, f"{address}pages/1/", f"{address}original/"):
        assert staff.get(each).status_code == 404
        assert Client().get(each).status_code == 302
    assert staff.post(f"{address}original/").status_code == 404


def test_a_document_that_waits_for_the_scanner_is_said_in_words(subject_request, dpo_client, settings):
    address = enclosed(subject_request, documents.pdf(), "letter.pdf")
    settings.SCANNER = "unix:/run/clamd.ctl"
    assert "still being scanned for viruses" in dpo_client.get(address, follow=True).text
    assert "still being scanned for viruses" in dpo_client.post(f"{address}original/", follow=True).text
    assert not AuditEntry.objects.filter(action="dsr.document.opened").exists()
