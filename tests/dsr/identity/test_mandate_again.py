"""A mandate that was destroyed before anybody had checked it has to be sent again."""

import hashlib

import pytest
from django.test import Client

from dsr.identity import mandates, verification
from dsr.requests.mandate_models import Mandate
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.files import storage
from privacy.mail.models import Mail
from tests.dsr.admin_pages import do, offered, page_of
from tests.dsr.mandates import MANDATE_FILE, mandate_file, mandated
from tests.dsr.pages import client_with_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def reopened(now) -> SubjectRequest:
    """A request that was closed before anybody had checked its mandate, and is taken up again."""
    subject_request = mandated(now, rights=["ACCESS", "NO_PROSPECTING"])
    verification.request_proof(subject_request.pk, reason="Two people are called so.", now=now)
    decisions.close(subject_request.pk, reason="No proof came.", now=now)
    decisions.reopen(subject_request.pk, now=now)
    return subject_request


def test_a_mandate_that_was_destroyed_unchecked_is_not_marked_as_good(reopened, dpo_client, now):
    with pytest.raises(mandates.MandateUncheckedError):
        mandates.check(reopened.pk, now=now)
    page = page_of(dpo_client, reopened)
    assert "check-mandate" not in offered(page)
    assert "it has to be sent again" in page
    do(dpo_client, reopened, "check-mandate")
    assert Mandate.objects.get().checked_at is None
    mail = Mail.objects.get(message="request_reopened")
    assert mail.to == "zoe@example.net"
    for words in (mail.text, mail.html):
        assert "Please send it again" in words


def test_the_page_asks_for_it_again_and_takes_it_once(reopened, dpo_client, now):
    client, address = client_with_grant(reopened), f"/privacy/requests/{reopened.pk}/mandate/"
    assert "We need the mandate once more" in client.get(f"/privacy/requests/{reopened.pk}/").content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"mandate": mandate_file(b"<html>")}).status_code == 422
    assert client.post(address, {"mandate": mandate_file()}).status_code == 302
    mandate = Mandate.objects.get()
    assert mandate.digest == hashlib.sha256(storage.read(mandate.file)).hexdigest()
    page = client.get(f"/privacy/requests/{reopened.pk}/").content.decode()
    assert "The mandate came once more." in page
    assert "We need the mandate" not in page
    assert (
        client.get(address).status_code
        == client.post(address, {"mandate": mandate_file()}).status_code
        == 302
    )
    with pytest.raises(mandates.MandateNotWantedError):
        mandates.resubmit(reopened.pk, MANDATE_FILE, now=now)
    do(dpo_client, reopened, "check-mandate")
    assert Mandate.objects.get().checked_at == now


def test_one_that_comes_by_post_is_added_at_the_desk(reopened, dpo_client, now):
    assert "hand-in" in offered(page_of(dpo_client, reopened))
    do(dpo_client, reopened, "hand-in", document=mandate_file())
    assert {"check-mandate"} <= offered(page_of(dpo_client, reopened))
    assert "hand-in" not in offered(page_of(dpo_client, reopened))


def test_a_mandate_that_was_checked_or_is_here_is_not_asked_for_again(client: Client, now):
    subject_request = mandated(now)
    mandates.check(subject_request.pk, now=now)
    verification.request_proof(subject_request.pk, reason="Two people are called so.", now=now)
    decisions.close(subject_request.pk, reason="No proof came.", now=now)
    decisions.reopen(subject_request.pk, now=now)
    assert "send it again" not in Mail.objects.get(message="request_reopened").text
    browser = client_with_grant(subject_request)
    assert browser.get(f"/privacy/requests/{subject_request.pk}/mandate/").status_code == 302
    assert "once more" not in browser.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    assert client.get(f"/privacy/requests/{subject_request.pk}/mandate/").status_code == 403
