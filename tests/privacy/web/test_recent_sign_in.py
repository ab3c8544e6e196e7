"""Ten minutes after a sign-in; and what was typed arrives all the same."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.web import recent_sign_in
from softnlabs.website.accounts.models import User
from tests import actors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sign_in_lasts")]
CONTROL = "/admin/privacy/auditentry/control/"
REASON = {"why": "CONTROL", "reason": "A yearly control of the journal, line 1\r\nline 2"}


@pytest.fixture
def browser(dpo: User, now: datetime):
    """The controller, signed in a quarter of an hour ago."""
    client = Client()
    with time_machine.travel(now, tick=False) as clock:
        actors.sign_in(client, dpo)
        clock.shift(timedelta(minutes=15))
        yield client


def test_it_counts_for_ten_minutes(dpo_client: Client, now: datetime):
    request = dpo_client.get("/admin/").wsgi_request
    recent_sign_in.note(request, now=now)
    minutes = timedelta(minutes=1)
    assert recent_sign_in.is_recent(request, now=now + 10 * minutes - timedelta(seconds=1))
    assert not recent_sign_in.is_recent(request, now=now + 10 * minutes)
    assert not recent_sign_in.is_recent(request, now=now - 10 * minutes), "the clock was ahead"


def test_a_page_leads_to_the_sign_in_and_back(browser: Client):
    asked = browser.get(f"{CONTROL}?from=panel")
    assert asked.status_code == 302
    page = browser.get(asked.url)
    assert "Please sign in again" in page.text
    back = browser.post(asked.url, {"again-answered": "1", "again-password": actors.PHRASE})
    assert (back.status_code, back.url) == (302, f"{CONTROL}?from=panel")
    assert browser.get(back.url).status_code == 200


def test_a_wrong_password_opens_nothing(browser: Client):
    asked = browser.get(CONTROL)
    page = browser.post(asked.url, {"again-answered": "1", "again-password": "wrong"})
    assert page.status_code == 200
    assert "This is not the password of this account." in page.text
    assert browser.get(CONTROL).status_code == 302


def test_nothing_typed_is_lost(browser: Client):
    """As a browser does it: by 307 it sends the same form to the next address."""
    asked = browser.post(CONTROL, REASON)
    assert asked.status_code == 307
    page = browser.post(asked.url, REASON)
    assert "has not been lost" in page.text
    assert "line 1\nline 2" in page.text.replace("\r\n", "\n")
    answer = {**REASON, "again-carries": "1", "again-answered": "1", "again-password": "wrong"}
    page = browser.post(asked.url, answer)
    assert 'name="again-carries"' in page.text
    assert "line 1" in page.text
    answer["again-password"] = actors.PHRASE
    back = browser.post(asked.url, answer)
    assert (back.status_code, back.url) == (307, CONTROL)
    assert browser.post(back.url, answer).url == "/admin/privacy/auditentry/"
    assert "line 2" in AuditEntry.objects.get(action="privacy.journal.opened").detail["reason"]


def test_no_other_site_is_where_a_form_goes_on_to(browser: Client):
    answer = {"again-answered": "1", "again-carries": "1", "again-password": actors.PHRASE}
    for page in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        back = browser.post("/account/sign-in-again/", answer, query_params={"next": page})
        assert back.url == "/account/", page


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client):
    assert client.get("/account/sign-in-again/?next=/admin/").url == "/account/sign-in/?next=%2Fadmin%2F"


def test_a_code_does_as_well_as_the_password(browser: Client):
    asked = browser.get(CONTROL)
    for code, status in (("000000", 200), ("", 200), (actors.code(), 302)):
        answer = browser.post(asked.url, {"again-answered": "1", "again-code": code})
        assert answer.status_code == status, code
    assert browser.get(CONTROL).status_code == 200


def test_codes_are_not_guessed_there_either(browser: Client):
    asked = browser.get(CONTROL)
    for _guess in range(12):
        browser.post(asked.url, {"again-answered": "1", "again-code": "000000"})
    assert (
        "Too many attempts"
        in browser.post(asked.url, {"again-answered": "1", "again-code": actors.code()}).text
    )
