"""Filing a request and confirming it."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from privacy.mail.models import Mail
from tests.dsr.factories import make_request
from tests.dsr.pages import FILLED, NEW, confirmed, link_in, plain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


# Filing ------------------------------------------------------------------------------------------------------


def test_the_form_is_kept_and_a_link_is_mailed(client: Client):
    response = client.post(NEW, {**FILLED, "details": "The messages of May"})
    assert (response.status_code, response.url) == (302, "/privacy/requests/sent/")
    unconfirmed_request = UnconfirmedRequest.objects.get()
    assert (unconfirmed_request.email, unconfirmed_request.details, unconfirmed_request.language) == (
        "alice@example.org",
        "The messages of May",
        "en",
    )
    assert Mail.objects.get().to == "alice@example.org"


def test_known_and_unknown_addresses_get_the_same_answer(now):
    make_request(now, email="alice@example.org")
    warm = Client()  # fills the caches of the process, which have nothing to do with the address
    warm.get(warm.post(NEW, {**FILLED, "email": "first@example.org"}).url)
    answers = []
    for email in ("alice@example.org", "zelda@example.org"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            posted = client.post(NEW, {**FILLED, "email": email})
            page = client.get(posted.url)
        headers = {name: value for name, value in page.headers.items() if name != "Set-Cookie"}
        answers.append(
            (posted.status_code, posted.url, posted.content, sorted(posted.cookies), dict(posted.headers),
             page.status_code, plain(page.content), sorted(page.cookies), headers, len(queries))
        )  # fmt: skip
    assert answers[0] == answers[1]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client: Client):
    response = client.post(
        NEW, {"first_name": "Ali\0ce", "surname": "", "email": "alice@", "details": "<b>May</b>"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "This does not look like an e-mail address" in page
    assert "This field is required." in page
    assert 'value="alice@"' in page
    assert "&lt;b&gt;May&lt;/b&gt;" in page
    assert UnconfirmedRequest.objects.count() == 0


@pytest.mark.parametrize("field", ["first_name", "surname", "by_first_name", "by_surname"])
@pytest.mark.parametrize("name", ["http://evil.example", "Win at evil.example", "www evil", "a@b", "//x"])
def test_nobody_has_us_mail_their_advertisement_to_somebody_else(client: Client, name: str, field: str):
    page = client.post(NEW, {**FILLED, field: name}).content.decode()
    assert "A name holds no address of a page or a mailbox." in page
    assert Mail.objects.count() == 0


@pytest.mark.parametrize("name", ["J. R. O’Neill-Müller", "de l'Épée", "Ng", "Martin Jr.", "Ana M.a"])
def test_names_are_taken_as_people_write_them(client: Client, name: str):
    assert client.post(NEW, {**FILLED, "surname": name}).status_code == 302


def test_the_form_in_french(client: Client):
    page = client.get("/fr/privacy/requests/new/").content.decode()
    assert "Envoyer ma demande" in page
    client.post("/fr/privacy/requests/new/", FILLED)
    assert UnconfirmedRequest.objects.get().language == "fr"
    assert link_in("request_confirm").startswith("/fr/privacy/requests/confirm/")
    assert "Confirmer" in Mail.objects.get().html


# Confirming --------------------------------------------------------------------------------------------------


def test_opening_the_link_confirms_nothing_and_the_button_does(client: Client):
    client.post(NEW, FILLED)
    opened = client.get(link_in("request_confirm"))
    assert (opened.status_code, opened.url) == (302, "/privacy/requests/confirm/")
    page = client.get(opened.url).content.decode()
    assert "alice@example.org" in page
    assert SubjectRequest.objects.count() == 0
    pressed = client.post(opened.url, {"browser": "no"})
    subject_request = SubjectRequest.objects.get()
    assert pressed.url == f"/privacy/requests/{subject_request.pk}/"
    page = client.get(pressed.url).content.decode()
    assert subject_request.reference in page
    assert "23 December 2026" in page


def test_the_visits_of_a_browser_are_asked_for_only_when_it_is_the_persons_own(client: Client):
    visitor = uuid4()
    client.cookies["visitor"] = str(visitor)
    client.post(NEW, FILLED)
    client.get(link_in("request_confirm"))
    silent = client.post("/privacy/requests/confirm/", {})
    assert silent.status_code == 200
    assert SubjectRequest.objects.count() == 0
    client.post("/privacy/requests/confirm/", {"browser": "yes"})
    assert visitor in SubjectRequest.objects.get().visitors


def test_a_shared_browser_is_left_out(client: Client):
    client.cookies["visitor"] = str(uuid4())
    assert confirmed(client, browser="no").visitors == []


def test_a_link_used_twice_leads_to_the_request(client: Client):
    client.post(NEW, FILLED)
    link = link_in("request_confirm")
    client.get(link)
    client.post("/privacy/requests/confirm/", {"browser": "no"})
    again = Client()
    again.get(link)
    subject_request = SubjectRequest.objects.get()
    assert again.get("/privacy/requests/confirm/").url == f"/privacy/requests/{subject_request.pk}/"
    assert (
        subject_request.reference
        not in again.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    )


def test_no_page_holds_inline_script_or_style():
    for path in Path("dsr/templates").rglob("*.html"):
        text = path.read_text()
        assert "style=" not in text, path
        assert not re.search(r"<script(?! src=)", text), path
        assert "onclick" not in text, path


# How often ---------------------------------------------------------------------------------------------------


def test_one_mailbox_is_not_flooded_and_the_page_does_not_tell(client: Client):
    answers = []
    for _ in range(7):
        posted = client.post(NEW, FILLED)
        answers.append((posted.status_code, posted.url))
    assert set(answers) == {(302, "/privacy/requests/sent/")}
    assert UnconfirmedRequest.objects.count() == 7  # none is dropped
    assert Mail.objects.filter(to="alice@example.org").count() == 5
    assert UnconfirmedRequest.objects.to_mail().count() == 2
    client.post(NEW, {**FILLED, "email": "bob@example.org"})
    assert Mail.objects.filter(to="bob@example.org").count() == 1


def test_too_often_from_one_network_is_said_and_another_one_is_served(client: Client):
    for number in range(20):
        client.post(NEW, {**FILLED, "email": f"p{number}@example.org"})
    refused = client.post(NEW, FILLED)
    assert refused.status_code == 429
    assert "Nothing was sent this time" in refused.content.decode()
    assert Mail.objects.filter(to="alice@example.org").count() == 0
    assert client.post(NEW, FILLED, REMOTE_ADDR="192.0.2.9").status_code == 302
    assert Mail.objects.filter(to="alice@example.org").count() == 1
