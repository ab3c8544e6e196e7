"""Asking for somebody else: their mandate, their data, and the representative's own name kept apart."""

import hashlib
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from consent.prospecting import prospecting
from dsr.answer import delivery
from dsr.identity import mandates, verification
from dsr.intake import views as intake_views
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.mandate_models import AnswersTo, Mandate, Representative
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.requests.visit_models import VisitsCopy
from dsr.review import decisions
from dsr.rules.states import RequestState
from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import Subject
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.retention import preview
from privacy.web.rate_limits import RateLimit
from tests import actors, certificates, documents, prospects
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.mandates import MANDATE_FILE, mandate_file, mandated, submitted
from tests.dsr.pages import FILLED, NEW, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
ZOE = {"for_whom": "another", "by_first_name": "Zoé", "by_surname": "Son", "by_email": "zoe@example.net"}


def mails() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("message", "to"))


# The form --------------------------------------------------------------------------------------------------------


def test_the_form_asks_for_whom_and_keeps_both_people_apart(client: Client):
    client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file(), "answers_to": "REPRESENTATIVE"})
    unconfirmed_request, mandate = UnconfirmedRequest.objects.get(), Mandate.objects.get()
    assert (unconfirmed_request.email, unconfirmed_request.full_name()) == (
        "alice@example.org",
        "Alice Martin",
    )
    who = Representative.objects.get()
    assert (who.email, who.full_name(), who.mandate) == ("zoe@example.net", "Zoé Son", mandate)
    assert mandate.unconfirmed_request == unconfirmed_request
    kept = storage.read(mandate.file)
    assert b"Mandate" not in kept  # drawn anew
    assert mandate.digest == hashlib.sha256(kept).hexdigest()
    assert mails() == [("request_confirm", "zoe@example.net")]
    assert "Hello Zoé Son" in Mail.objects.get().text


def test_what_is_needed_for_another_is_not_called_optional(client: Client):
    page = client.get(NEW).content.decode()
    for label in ("Your own surname", "Your own e-mail address", "What shows that you may ask"):
        assert re.search(rf"{label}\s*<span class=.mark.>\(required\)", page), label


@pytest.mark.parametrize("missing", ["by_surname", "by_email", "mandate"])
def test_what_is_missing_is_said_beside_its_field_and_the_paper_is_kept(client: Client, missing: str):
    sent = {**FILLED, **ZOE, "mandate": mandate_file()}
    del sent[missing]
    page = client.post(NEW, sent).content.decode()
    assert "To ask for somebody else, this is needed." in page
    assert ("We kept your file <strong>mandate.pdf</strong>" in page) is (missing != "mandate")
    assert UnconfirmedRequest.objects.count() == 0


def test_who_asks_for_themselves_need_none_of_it(client: Client):
    client.post(NEW, {**FILLED, "by_email": ""})
    assert (UnconfirmedRequest.objects.count(), Mandate.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html>", "mandate.pdf", "Please send a file of this kind"),
        (documents.script_pdf(), "mandate.pdf", "This document holds a script"),
        (documents.flood_png(), "mandate.png", "12 megapixels are enough"),
        (b"", "mandate.pdf", "This file is empty"),
        (documents.docx(), "mandate.docx", "Please send a file of this kind"),
    ],
)
def test_a_hostile_paper_is_refused_in_words(client: Client, content, name, words):
    page = client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file(content, name)}).content.decode()
    assert words in page
    assert StoredFile.objects.count() == 0


def test_uploads_cost_an_examination_and_are_counted(client: Client, monkeypatch):
    monkeypatch.setattr(intake_views, "UPLOADS_OF_CLIENT", RateLimit("test.upload", 2, timedelta(hours=1)))
    sent = {**FILLED, **ZOE, "by_email": ""}
    answers = [client.post(NEW, {**sent, "mandate": mandate_file(b"")}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert client.post(NEW, FILLED).status_code == 302


def test_visits_of_a_browser_cannot_be_stopped_for_somebody_else(client: Client):
    page = client.post(NEW, {**FILLED, **ZOE, "rights": "NO_NAVIGATION", "mandate": mandate_file()})
    assert "own browser" in page.content.decode()
    assert UnconfirmedRequest.objects.count() == 0


def test_an_unconfirmed_form_takes_its_mandate_along(now, django_capture_on_commit_callbacks):
    unconfirmed_request = submitted(now)
    later = now + timedelta(days=8)
    assert list(UnconfirmedRequest.objects.due(later)) == [unconfirmed_request]
    certificates.purge(UnconfirmedRequest.objects.filter(pk=unconfirmed_request.pk))
    assert (Mandate.objects.count(), Representative.objects.count(), StoredFile.objects.count()) == (0, 0, 0)
    assert preview.by_rule(now=later)


# Confirming ------------------------------------------------------------------------------------------------------


def test_the_representative_confirms_and_gets_our_messages_and_the_other_is_told(client: Client):
    client.cookies["visitor"] = str(uuid4())
    client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file(), "visits": "on"})
    client.get(link_in("request_confirm"))
    page = client.get("/privacy/requests/confirm/").content.decode()
    assert "Zoé Son, zoe@example.net" in page
    response = client.post("/privacy/requests/confirm/")
    subject_request = SubjectRequest.objects.get()
    assert response.url == f"/privacy/requests/{subject_request.pk}/"
    page = client.get(response.url).content.decode()
    assert "Zoé Son, zoe@example.net" in page
    assert subject_request.email == "alice@example.org"
    assert not VisitsCopy.objects.exists()  # they would be those of the representative
    assert ("request_received", "zoe@example.net") in mails()
    notice = Mail.objects.get(message="request_mandated")
    assert notice.to == "alice@example.org"
    assert "Zoé Son" in notice.text
    assert "/follow/" not in notice.text


def test_the_answer_goes_to_the_person_when_that_was_wished(client: Client):
    client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file(), "answers_to": "PERSON"})
    assert mails() == [("request_confirm", "zoe@example.net")]
    client.get(link_in("request_confirm"))
    page = client.post("/privacy/requests/confirm/").content.decode()
    subject_request = SubjectRequest.objects.get()
    assert "From now on we write to Alice Martin" in page
    assert client.get(f"/privacy/requests/{subject_request.pk}/").status_code == 403
    assert ("request_received", "alice@example.org") in mails()


def test_nothing_is_stopped_in_somebodys_name_before_the_mandate_was_checked(now):
    prospects.confirmed(email="alice@example.org", sentence="Yes", language="en", page="/", now=now)
    subject_request = mandated(now, rights=["NO_PROSPECTING"])
    assert not prospecting.is_suppressed("alice@example.org")
    mandates.check(subject_request.pk, now=now)
    subject_request.refresh_from_db()
    assert prospecting.is_suppressed("alice@example.org")
    assert subject_request.state == RequestState.ANSWERED


# At the desk -----------------------------------------------------------------------------------------------------


def test_nothing_is_granted_before_the_mandate_was_opened_and_found_good(dpo_client, now):
    subject_request = mandated(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    page = page_of(dpo_client, subject_request)
    assert "Zoé Son" in page
    assert "zoe@example.net" in page
    assert {"check-mandate", "refuse"} <= offered(page)
    assert "grant" not in offered(page)
    with pytest.raises(mandates.MandateUncheckedError):
        decisions.grant(subject_request.pk, now=now)
    opened = dpo_client.get(f"{QUEUE}{subject_request.pk}/papers/{Mandate.objects.get().file_id}/")
    assert opened.content == b"signed by Alice"
    assert AuditEntry.objects.filter(action="dsr.document.opened").count() == 1
    do(dpo_client, subject_request, "check-mandate")
    page = page_of(dpo_client, subject_request)
    assert "Found good on" in page
    assert "grant" in offered(page)
    assert "check-mandate" not in offered(page)


def test_the_answer_is_fetched_by_the_representative_and_the_paper_goes(now):
    subject_request = mandated(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    mandates.check(subject_request.pk, now=now)
    decisions.grant(subject_request.pk, now=now)
    delivery.build_packages(now=now)
    assert ("request_ready", "zoe@example.net") in mails()
    mandate = Mandate.objects.get()
    assert mandate.file is None
    assert (mandate.digest, mandate.checked_at) == (hashlib.sha256(MANDATE_FILE.content).hexdigest(), now)
    assert list(StoredFile.objects.filter(name="mandate.jpg")) == []


@pytest.mark.parametrize("answers_to", AnswersTo)
def test_a_refusal_for_want_of_a_mandate_takes_the_paper_along(now, answers_to):
    subject_request = mandated(now, answers_to)
    decisions.refuse(subject_request.pk, ground="NO_MANDATE", reason="It is not signed.", now=now)
    assert list(StoredFile.objects.filter(name="mandate.jpg")) == []
    to = {"REPRESENTATIVE": "zoe@example.net", "PERSON": "alice@example.org"}[answers_to]
    assert ("request_refused", to) in mails()


def test_each_of_the_two_finds_only_their_own(now):
    mandated(now)
    alice, zoe = Subject.of_email("alice@example.org"), Subject.of_email("zoe@example.net")
    assert [model.objects.about(alice).count() for model in (SubjectRequest, Mandate, Representative)] == [
        1,
        1,
        0,
    ]
    assert [model.objects.about(zoe).count() for model in (SubjectRequest, Mandate, Representative)] == [
        0,
        0,
        1,
    ]


# Signed in -------------------------------------------------------------------------------------------------------


def test_a_signed_in_client_neither_types_nor_confirms_by_mail(client: Client, django_user_model):
    user = django_user_model.objects.create_user("alice@example.org", first_name="Alice", surname="Martin")
    actors.sign_in(client, user)
    page = client.get(NEW).content.decode()
    assert 'value="Martin"' in page
    assert "You are signed in" in page
    response = client.post(NEW, FILLED)
    assert response.url == "/privacy/requests/confirm/"
    assert mails() == []
    assert client.post(response.url).status_code == 302
    assert SubjectRequest.objects.get().email == "alice@example.org"


def test_signed_in_under_another_address_or_for_another_it_is_confirmed_as_usual(
    client: Client, django_user_model
):
    actors.sign_in(client, django_user_model.objects.create_user("zoe@example.net", first_name="Zoé"))
    assert client.post(NEW, FILLED).url == "/privacy/requests/sent/"
    assert client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file()}).url == "/privacy/requests/sent/"
    assert {to for _message, to in mails()} == {"alice@example.org", "zoe@example.net"}


def test_the_mail_to_confirm_says_whose_data_it_is_about(client: Client):
    client.post(NEW, {**FILLED, **ZOE, "mandate": mandate_file()})
    assert "It is about the data of Alice Martin." in Mail.objects.get(to="zoe@example.net").text
    client.post(NEW, FILLED)
    assert "It is about the data of" not in Mail.objects.get(to="alice@example.org").text
