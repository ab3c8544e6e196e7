"""The consents on “My data”: a switch each, off at once, on with the exact words."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.preferences.forms import OPT_IN
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from privacy.datamap.subjects import Subject, fingerprint
from privacy.journal.entries import JournalEntry
from privacy.policy import publishing
from softnlabs.website.accounts.models import User
from tests import actors, policy_in_force, prospects
from tests.conftest import ALICE, BOB
from tests.evidence import evidence

pytestmark = pytest.mark.django_db
PAGE, AGREE, STOP = "/account/data/", "/privacy/choices/mail/agree/", "/privacy/choices/mail/stop/"
SENTENCE = str(OPT_IN % {"company": "SoftNLabs"})


@pytest.fixture(autouse=True)
def _today(now: datetime, acting: None):
    policy_in_force.publish(now=now)
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def browser() -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    actors.sign_in(client, User.objects.create_user(ALICE))
    return client


def text(response) -> str:
    return unescape(response.content.decode())


def collected_for(page: str) -> str:
    found = re.search(r'name="collected_for" value="([^"]*)"', page)
    assert found
    return found[1]


def agree(browser: Client, **changes: str):
    page = text(browser.get(PAGE))
    sent = {"email": ALICE, "opt_in": "on", "collected_for": collected_for(page), **changes}
    return browser.post(AGREE, sent, follow=True)


def test_the_box_is_never_ticked_in_advance_and_its_sentence_is_the_proof(browser, now):
    page = text(browser.get(PAGE))
    box = re.search(r'<input type="checkbox" name="opt_in"[^>]*>', page)
    assert box
    assert "checked" not in box[0]
    assert SENTENCE in page
    assert "Your agreement is kept" in text(agree(browser))
    event = ConsentEvent.objects.get()
    assert (event.kind, event.act, event.email, event.page) == ("GRANT", "MY_DATA", ALICE, PAGE)
    assert event.wording.text == SENTENCE
    assert event.policy_version == publishing.version_stamp()
    assert prospecting.may_write(ALICE, now=now)
    for promise in ("consent.acts", "forms.prospects", "forms.stopped"):
        assert evidence(promise, now).is_kept


def test_in_french_the_french_sentence(browser):
    page = text(browser.get("/fr" + PAGE))
    sent = {"email": ALICE, "opt_in": "on", "collected_for": collected_for(page)}
    browser.post("/fr" + AGREE, sent)
    event = ConsentEvent.objects.get()
    assert event.language == "fr"
    assert event.wording.text in page
    assert event.wording.text != SENTENCE


@pytest.mark.parametrize("sent", [{"opt_in": ""}, {"collected_for": "818 145 302/99"}])
def test_no_tick_or_other_words_are_no_yes(browser, now, sent):
    assert "Nothing was changed" in text(agree(browser, **sent))
    assert not ConsentEvent.objects.exists()
    assert not prospecting.may_write(ALICE, now=now)


def test_off_acts_at_once_and_stays(browser, now):
    agree(browser)
    page = text(browser.get(PAGE))
    assert "You agreed on 23 November 2026, for SoftNLabs" in page
    assert "Commercial messages are stopped." in text(browser.post(STOP, {"email": ALICE}, follow=True))
    assert not prospecting.may_write(ALICE, now=now)
    assert prospecting.is_suppressed(ALICE)
    last = ConsentEvent.objects.order_by("-id")[0]
    assert (last.kind, last.act, last.wording.text) == ("WITHDRAW", "MY_DATA", "Stop commercial messages")


def test_a_yes_of_the_owner_ends_their_own_objection_and_one_typed_by_a_stranger_does_not(browser, now):
    prospecting.suppress(ALICE, now=now)
    prospecting.ask(email=ALICE, sentence="I agree", language="en", page="/contact/", now=now)
    assert prospecting.is_suppressed(ALICE)
    assert not prospecting.may_write(ALICE, now=now)
    agree(browser)
    assert prospecting.may_write(ALICE, now=now)


def test_a_yes_that_loses_to_a_later_stop_is_not_said_to_be_kept(browser, now):
    prospecting.suppress(ALICE, now=now + timedelta(seconds=1))
    page = text(agree(browser))
    assert "Your agreement is kept" not in page
    assert "your agreement was not recorded" in page
    assert not ConsentEvent.objects.exists()
    assert not prospecting.may_write(ALICE, now=now)


def test_a_restored_backup_knows_the_later_yes(browser, now):
    entry = JournalEntry(1, now - timedelta(days=1), "consent.suppressed", {"who": [fingerprint(ALICE)]})
    agree(browser)
    prospecting.replay_suppression(entry, Subject.of_email(ALICE), now=now)
    assert prospecting.may_write(ALICE, now=now)
    later = JournalEntry(2, now + timedelta(days=1), "consent.suppressed", {"who": [fingerprint(ALICE)]})
    prospecting.replay_suppression(later, Subject.of_email(ALICE), now=now)
    assert not prospecting.may_write(ALICE, now=now)
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("address", [AGREE, STOP])
def test_nobody_switches_bobs(browser, now, address):
    prospects.confirmed(email=BOB, sentence="I agree", language="en", page="/contact/", now=now)
    assert browser.post(address, {"email": BOB, "opt_in": "on"}).status_code == 404
    assert Prospect.objects.get().email == BOB
    assert BOB not in text(browser.get(PAGE))


def test_the_lines_of_the_address_stand_there_and_no_others(browser, now):
    for email in (ALICE, BOB):
        prospects.confirmed(
            email=email, sentence=f"I agree, {email}", language="en", page="/contact/", now=now
        )
    hers, his = (ConsentEvent.objects.get(email=email, kind="GRANT") for email in (ALICE, BOB))
    page = text(browser.get(PAGE))
    assert hers.wording_id[:12] in page
    assert his.wording_id[:12] not in page


def test_the_choices_of_the_browser_are_kept_from_there(browser, now):
    page = text(browser.get(PAGE))
    wording = re.search(r'name="wording" value="([^"]*)"', page)
    assert wording
    sent = {"wording": wording[1], "next": f"{PAGE}?kept#cookies", "personal": "on"}
    response = browser.post("/privacy/choices/save/", sent, follow=True)
    assert response.redirect_chain == [(f"{PAGE}?kept#cookies", 302)]
    page = text(response)
    assert "Your choices are kept" in page
    assert re.search(r'name="personal" id="id_personal" checked', page)
    event = ConsentEvent.objects.get(topic="personal")
    assert (event.kind, event.act, event.page) == ("GRANT", Act.CHOICE, PAGE)
