"""The pages behind the links of commercial messages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from privacy.datamap import masks
from privacy.mail.models import Mail
from tests import prospects
from tests.consent.mail_preferences.pages import confirm, link_in_question

pytestmark = pytest.mark.django_db
ALICE, BOB = "alice@example.org", "bob@example.org"


@pytest.fixture
def page() -> str:
    return f"/privacy/mail/{links.token(ALICE)}/"


@pytest.fixture
def _listed() -> None:
    for email in (ALICE, BOB):
        prospects.confirmed(email=email, sentence=f"Write to me, {email[:3]}.", now=timezone.now())


@pytest.mark.usefixtures("_listed")
def test_it_shows_what_was_agreed_to_and_no_address(client, page):
    answer = client.get(page)
    assert masks.email(ALICE) in answer.text
    assert "Write to me, ali." in answer.text
    for hidden in (ALICE, BOB, "Write to me, bob."):
        assert hidden not in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("_listed")
def test_subjects_and_language_are_saved_and_said(page):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(f"{page}save/", {"topics": ["privacy", "systems"], "language": "fr"})
    assert "Your choices are saved." in answer.text
    assert "Protection of personal data, Systems and hosting." in answer.text
    alice, bob = Prospect.objects.get(email=ALICE), Prospect.objects.get(email=BOB)
    assert (alice.declined_topics, alice.language) == (["careers", "software", "advice"], "fr")
    assert (bob.declined_topics, bob.language) == ([], "en")


@pytest.mark.usefixtures("_listed")
def test_what_was_not_offered_is_not_saved(client, page):
    answer = client.post(f"{page}save/", {"topics": ["secrets"], "language": "xx"})
    assert "Your choices are saved." not in answer.text
    assert Prospect.objects.get(email=ALICE).declined_topics == []


@pytest.mark.usefixtures("_listed")
def test_saving_is_a_contact_and_looking_is_none(client, page):
    before = timezone.now() - timedelta(days=400)
    Prospect.objects.update(last_contact_at=before)
    client.get(page)
    assert Prospect.objects.get(email=ALICE).last_contact_at == before
    client.post(f"{page}save/", {"topics": [], "language": "en"})
    assert Prospect.objects.get(email=ALICE).last_contact_at > before
    assert Prospect.objects.get(email=BOB).last_contact_at == before


@pytest.mark.usefixtures("_listed")
def test_unsubscribing_is_one_button_and_acts_at_once(client, page):
    for ask in (client.get, client.head, client.options):
        ask(f"{page}unsubscribe/")
    assert prospecting.may_write(ALICE, now=timezone.now())
    assert client.get(f"{page}unsubscribe/").text.count('<form method="post" novalidate>') == 1
    answer = client.post(f"{page}unsubscribe/")
    assert answer.status_code == 200
    assert not prospecting.may_write(ALICE, now=timezone.now())
    assert prospecting.may_write(BOB, now=timezone.now())
    line = ConsentEvent.objects.get(kind="WITHDRAW")
    assert (line.email, line.act, line.wording.text) == (ALICE, "LINK", "Stop all commercial messages")


def test_who_is_not_listed_may_stop_everything_too(client, page):
    assert client.post(f"{page}unsubscribe/").status_code == 200
    assert prospecting.is_suppressed(ALICE)
    assert not ConsentEvent.objects.exists()
    assert client.post(f"{page}unsubscribe/").status_code == 200
    assert Suppression.objects.count() == 1


def test_who_is_not_listed_is_asked_by_mail(client, page):
    shown = client.get(page).text
    assert "We send no commercial messages to this address." in shown
    collected_for = re.search(r'name="collected_for" value="([^"]*)"', shown)[1]
    said = "We sent an e-mail to this address."
    assert said not in client.post(f"{page}ask/", {"collected_for": collected_for}).text
    assert said in client.post(f"{page}ask/", {"opt_in": "on", "collected_for": collected_for}).text
    assert not Prospect.objects.exists()
    confirm(client)
    assert prospecting.may_write(ALICE, now=timezone.now())


@pytest.mark.parametrize("path", ["", "unsubscribe/"])
def test_a_cut_link_says_what_to_do(client, page, path):
    answer = client.get(f"{page[:-5]}/{path}")
    assert answer.status_code == 404
    assert "Get a new link" in answer.text


def test_a_forged_link_stops_nobody(client):
    assert client.post("/privacy/mail/AAAA/unsubscribe/").status_code == 404
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("_listed")
def test_every_address_gets_the_same_mail_with_its_link(client):
    found = set()
    for email in (ALICE, "nobody@example.org"):
        answer = client.post("/privacy/mail/", {"email": email}, headers={"sec-fetch-site": "same-origin"})
        text = Mail.objects.get(message="mail_preferences_link", to=email).text
        token = re.search(r"/privacy/mail/([^/\s]+)/", text)[1]
        assert links.read(token) == email
        found.add((answer.url, text.replace(token, "")))
    assert len(found) == 1


def test_another_site_cannot_have_links_mailed(client):
    answer = client.post("/privacy/mail/", {"email": ALICE}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert not Mail.objects.exists()


def test_the_page_of_choices_leads_to_the_form_which_needs_no_cookie(client):
    assert 'href="/privacy/mail/"' in client.get("/privacy/choices/").text
    answer = client.get("/privacy/mail/")
    assert not answer.cookies.keys() & {"csrftoken", "sessionid"}
    assert "csrfmiddlewaretoken" not in answer.text.partition("<main")[2]


def test_a_mailbox_is_not_flooded_with_links_under_many_spellings(client):
    for spelling in ("alice@gmail.com", "a.lice@gmail.com", "alice+1@gmail.com", "al.ice@googlemail.com"):
        answer = client.post("/privacy/mail/", {"email": spelling}, headers={"sec-fetch-site": "same-origin"})
        assert answer.url == "/privacy/mail/sent/"
    assert Mail.objects.filter(message="mail_preferences_link").count() == 3


def test_links_of_another_kind_open_nothing(client, now):
    prospecting.ask(email=ALICE, sentence="I agree", language="en", page="/", now=now)
    other = link_in_question().rstrip("/").rpartition("/")[2]
    assert client.get(f"/privacy/mail/{other}/").status_code == 404
    assert client.post(f"/privacy/mail/{other}/unsubscribe/").status_code == 404
    assert confirm(client, f"/privacy/mail/confirm/{links.token(ALICE)}/").status_code == 410
    assert not Suppression.objects.exists()
    assert not Prospect.objects.exists()
