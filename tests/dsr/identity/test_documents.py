"""Documents that a person adds to a request."""

import io
import zipfile

import pytest

from dsr.answer import delivery
from dsr.identity import documents as request_documents
from dsr.identity import verification
from dsr.requests.document_models import Enclosure
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.review import decisions
from privacy.files import storage
from privacy.mail.models import Mail
from tests import documents
from tests.dsr.admin_pages import page_of
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
