"""Filing a request and confirming it."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.visits.counting_models import RecordingObjection
from privacy.web.request_facts import Browser
from tests.dsr.factories import make_request
from tests.dsr.pages import FILLED, NEW, link_in, plain

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
        headers, sent = (
            {
                name: value
                for name, value in answer.headers.items()
                if name not in {"Set-Cookie", "X-Request-Id"}
            }
            for answer in (page, posted)
        )
        answers.append(
            (posted.status_code, posted.url, posted.content, sorted(posted.cookies), sent,
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
    pressed = client.post(opened.url)
    subject_request = SubjectRequest.objects.get()
    assert pressed.url == f"/privacy/requests/{subject_request.pk}/"
    page = client.get(pressed.url).content.decode()
    assert subject_request.reference in page
    assert "23 December 2026" in page


def test_a_browser_without_any_cookie_of_ours_registers_it_with_one_press(client: Client):
    client.post(NEW, FILLED)
    opened = Client()
    page = opened.get(link_in("request_confirm"), follow=True).content.decode()
    assert opened.post("/privacy/requests/confirm/", {"token": token_in(page)}).status_code == 302
    assert SubjectRequest.objects.get().email == "alice@example.org"


def test_of_two_links_in_two_tabs_each_page_confirms_what_it_shows(client: Client, today, now):
    pages = []
    for details in ("The messages of May", "The messages of June"):
        client.post(NEW, {**FILLED, "details": details})
        pages.append(client.get(link_in("request_confirm"), follow=True).content.decode())
        today.shift(1)
    assert "The messages of May" in pages[0]
    client.post("/privacy/requests/confirm/", {"token": token_in(pages[0])})
    assert SubjectRequest.objects.get().details == "The messages of May"
    client.post("/privacy/requests/confirm/", {"token": token_in(pages[1])})
    assert SubjectRequest.objects.count() == 2


def test_the_button_pressed_twice_leads_to_the_one_request(client: Client, today):
    client.post(NEW, FILLED)
    token = token_in(client.get(link_in("request_confirm"), follow=True).content.decode())
    client.post("/privacy/requests/confirm/", {"token": token})
    dropped = Client()  # a browser that pressed again before the first answer came has no grant
    for browser in (client, dropped):
        pressed = browser.post("/privacy/requests/confirm/", {"token": token})
        assert pressed.status_code == 302
        assert SubjectRequest.objects.get().reference in browser.get(pressed.url).content.decode()
    today.shift(600)
    late = Client()
    address = late.post("/privacy/requests/confirm/", {"token": token}).url
    assert SubjectRequest.objects.get().reference not in late.get(address).content.decode()


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_token_that_is_none_opens_nothing(client: Client, token: str):
    assert client.post("/privacy/requests/confirm/", {"token": token}).status_code == 410


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


# Stopping the recording --------------------------------------------------------------------------------------


def test_the_browser_that_sends_the_form_is_stopped_and_the_one_that_confirms_is_not(client: Client, now):
    confirming = Client()
    for browser in (client, confirming):
        browser.get("/")
    number, other = client.cookies["visitor"].value, confirming.cookies["visitor"].value
    sent = client.post(NEW, {**FILLED, "rights": "NO_NAVIGATION"})
    assert "choices" in sent.cookies
    assert Browser.of(client.get("/").wsgi_request).records_visits is False
    assert RecordingObjection.objects.get().visitor == UUID(number)
    assert "Nothing has to be confirmed for that." in client.get(sent.url).content.decode()
    assert "has already stopped" in Mail.objects.get().text
    assert "nothing else happens" in Mail.objects.get().text
    confirming.get(link_in("request_confirm"))
    page = confirming.post("/privacy/requests/confirm/", follow=True).content.decode()
    assert Browser.of(confirming.get("/").wsgi_request).records_visits is True
    assert confirming.cookies["visitor"].value == other
    subject_request = SubjectRequest.objects.get()
    item = subject_request.items.get()
    assert (subject_request.state, item.outcome) == ("ANSWERED", "SATISFIED")
    assert item.done_at == subject_request.received_at
    assert "in the browser in which the form was filled in, since" in page
    answer = Mail.objects.get(message="request_answered").text
    assert "in the browser in which the form was filled in, since" in answer


def test_a_form_that_asked_for_something_else_says_nothing_of_the_recording():
    silent = Client(headers={"sec-gpc": "1"})
    sent = silent.post(NEW, FILLED)
    assert Browser.of(silent.get("/").wsgi_request).records_visits is False
    assert "Nothing has to be confirmed for that." not in silent.get(sent.url).content.decode()


def test_it_stays_stopped_though_nobody_confirms(client: Client, now):
    client.post(NEW, {**FILLED, "rights": "NO_NAVIGATION"})
    purge.run(now=now + timedelta(days=8))
    assert not UnconfirmedRequest.objects.exists()
    assert Browser.of(client.get("/").wsgi_request).records_visits is False
    assert set(Mail.objects.values_list("message", flat=True)) == {"request_confirm"}


def test_what_was_stopped_nowhere_is_not_called_done(now):
    subject_request = make_request(now, rights=["NO_NAVIGATION"])  # no browser sent it
    assert subject_request.items.get().outcome == ""
    assert not Mail.objects.filter(message="request_answered").exists()


def test_a_link_used_twice_leads_to_the_request(client: Client):
    client.post(NEW, FILLED)
    link = link_in("request_confirm")
    client.get(link)
    client.post("/privacy/requests/confirm/")
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
