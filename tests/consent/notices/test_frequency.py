"""The cap: with many tabs, a changed value, a lost answer, a period that is over; and who a notice is for."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client

from consent import starting_content as starting
from consent.ledger.models import ConsentEvent
from consent.notices import browser_counts, frequency, notices
from consent.notices.models import CampaignDay, Notice, SpentImpressionToken
from consent.notices.notices import CachedNotice
from tests.consent.conftest import Visitor

NOW = datetime(2026, 11, 1, 10, tzinfo=UTC)
TEXTS = {"en": "a", "fr": "b"}
PIECE = CachedNotice(7, TEXTS, TEXTS, "/", "", None, 2, NOW, None, days=7)
CAREERS = replace(PIECE, id=8, topic="careers")


@pytest.fixture
def content(db, acting) -> None:
    apps.get_app_config("consent").load_content(now=NOW)
    notices.invalidate()


def add_capped() -> None:
    """A general notice beside the one in reserve, to be shown twice a week at most."""
    Notice.objects.create(
        title_en="Twice",
        title_fr="Deux fois",
        text_en="a",
        text_fr="b",
        link="/",
        cap=2,
        days=7,
        starts_at=NOW,
    )
    notices.invalidate()


def is_shown(page: bytes) -> bool:
    return b'id="notice-title">Twice' in page


@pytest.mark.django_db
def test_one_token_is_good_for_one_showing():
    token = frequency.with_new_token({})
    after, was_shown = frequency.claim(token, PIECE, now=NOW)
    assert was_shown
    assert after is not None
    assert (after["7"], after["7s"]) == (1, NOW.toordinal())
    assert frequency.claim(token, PIECE, now=NOW) == (None, False)
    assert frequency.claim(after, PIECE, now=NOW)[1]


@pytest.mark.django_db
def test_a_lost_answer_is_made_good_once():
    token, later = frequency.with_new_token({}), NOW + timedelta(minutes=2)
    frequency.claim(token, PIECE, now=NOW)
    after, was_shown = frequency.claim(token, PIECE, now=later)
    assert (was_shown, after and after["7"]) == (False, 1)
    assert frequency.claim(token, PIECE, now=later) == (None, False)


@pytest.mark.django_db
def test_without_a_token_nothing_is_shown_and_one_is_given():
    after, was_shown = frequency.claim({}, PIECE, now=NOW)
    assert (was_shown, list(after or ())) == (False, [frequency.IMPRESSION])


@pytest.mark.django_db
def test_spent_tokens_are_forgotten_when_their_cookie_is_gone():
    frequency.claim(frequency.with_new_token({}), PIECE, now=NOW)
    assert frequency.delete_old_tokens(now=NOW + timedelta(days=31)) == 0
    assert frequency.delete_old_tokens(now=NOW + timedelta(days=45)) == 1


def test_the_cap_begins_anew_when_its_period_is_over():
    seen, today = {"7": 2, "7s": 1000}, 1006
    assert notices.times_shown(seen, PIECE, today) == 2
    assert notices.times_shown(seen, PIECE, today + 1) == 0


def test_a_value_that_is_not_ours_is_taken_for_every_cap_reached():
    all_capped = frequency.all_capped([PIECE, CAREERS], now=NOW)
    assert (
        notices.choose([PIECE, CAREERS], topics={"careers": 9}, seen=all_capped, now=NOW) == PIECE
    )  # in reserve
    assert notices.choose([CAREERS], topics={"careers": 9}, seen=all_capped, now=NOW) is None


@pytest.mark.parametrize(
    ("by_interest", "pages", "topics", "fits"),
    [
        (True, 1, {}, False),
        (True, 0, {"careers": 9}, False),
        (True, 0, {"+careers": 1}, True),
        (False, 1, {"+careers": 1}, False),
        (False, 3, {"careers": 2}, False),
        (False, 3, {"careers": 3}, True),
        (True, 3, {"+careers": 1, "careers": 1}, True),
        (True, 1, {"+privacy": 1, "privacy": 9}, False),
    ],
)
def test_who_a_notice_is_in_audience(by_interest: bool, pages: int, topics: dict[str, int], fits: bool):
    assert notices.is_in_audience(replace(CAREERS, by_interest=by_interest, pages=pages), topics) is fits


def test_a_named_interest_weighs_more_than_pages_read():
    other = replace(PIECE, id=9, topic="privacy")
    shown = notices.choose([other, CAREERS], topics={"privacy": 9, "+careers": 1}, seen=None, now=NOW)
    assert shown == CAREERS


@pytest.mark.usefixtures("content")
def test_the_cap_holds_over_days_and_begins_anew(visitor: Visitor):
    add_capped()
    shown = []
    with time_machine.travel(NOW, tick=False) as clock:
        visitor.submit("/privacy/choices/save/", frequency="on")
        for _day in range(10):
            shown.append(is_shown(visitor.get("/").content))
            clock.shift(timedelta(days=1))
    assert shown == [True, True, False, False, False, False, False, True, True, False]


@pytest.mark.usefixtures("content")
def test_an_interest_is_named_only_with_consent_and_chooses_the_notice(visitor: Visitor):
    page = visitor.get("/privacy/choices/").content
    assert b"Your interests" not in page
    visitor.submit("/privacy/choices/interests/", interests="careers")
    assert "topics" not in visitor.cookie_names()
    visitor.submit("/privacy/choices/save/", personal="on")
    assert b"A policy that keeps itself" in visitor.get("/").content
    response = visitor.submit("/privacy/choices/interests/", interests="careers")
    assert response.headers["Location"] == "/privacy/choices/?kept"
    assert b"Working with us" in visitor.get("/").content
    assert b'id="interest-careers" checked' in visitor.get("/privacy/choices/").content
    visitor.submit("/privacy/choices/interests/", interests="made-up~1.careers")
    assert browser_counts.decode("topics", visitor.cookies["topics"].value) == {}
    assert b"A policy that keeps itself" in visitor.get("/").content
    assert visitor.post("/privacy/choices/interests/").status_code == 403


@pytest.mark.usefixtures("content")
def test_the_desk_draws_what_a_campaign_reached(dpo_client: Client):
    campaign = Notice.objects.first().campaign
    CampaignDay.objects.create(campaign=campaign, day=datetime.now(UTC).date(), views=40, clicks=3)
    page = dpo_client.get("/admin/consent/campaignday/?days=90").content.decode()
    assert "Views: 40. Clicks: 3." in page
    assert "Clicks per hundred views: 7.5." in page
    assert page.count("<rect") == 1
    assert "<td>40</td><td>3</td>" in page
    assert dpo_client.get("/admin/consent/campaignday/?days=nonsense").status_code == 200


def at_once(actions: list[Callable[[], object]]) -> list[object]:
    """Each deed in a thread of its own, all released at the same moment."""
    gate, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = actions[number]()  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def tab_of(visitor: Visitor) -> Visitor:
    """Another tab of the same browser: it carries the same cookies."""
    tab = Visitor()
    for name, morsel in visitor.cookies.items():
        tab.cookies[name] = morsel.value
    return tab


@pytest.mark.django_db(transaction=True)
def test_of_many_tabs_opened_at_once_one_shows_the_notice(acting):
    starting.declare()
    starting.load(now=NOW)
    add_capped()
    visitor = Visitor()
    visitor.submit("/privacy/choices/save/", frequency="on")
    tabs = [tab_of(visitor) for _tab in range(8)]
    pages = at_once([lambda tab=tab: tab.get("/").content for tab in tabs])  # type: ignore[misc]
    assert sorted(is_shown(page) for page in pages) == [False] * 7 + [True]
    assert sum(b"A policy that keeps itself" in page for page in pages) == 7
    assert SpentImpressionToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_posted_at_once_are_all_kept_whole():
    starting.declare()
    visitor = Visitor()
    visitor.submit("/privacy/choices/refuse/")
    tabs = [tab_of(visitor) for _tab in range(6)]
    verbs = ["accept", "refuse"] * 3
    answers = at_once(
        [
            lambda tab=tab, verb=verb: tab.submit(f"/privacy/choices/{verb}/")
            for tab, verb in zip(tabs, verbs, strict=True)
        ]  # type: ignore[misc]
    )
    assert [answer.status_code for answer in answers] == [302] * 6  # type: ignore[attr-defined]
    for tab, verb in zip(tabs, verbs, strict=True):
        page = tab.get("/privacy/choices/").content.decode()
        assert page.count('type="checkbox"') == (8 if verb == "accept" else 3)
        assert [f'id="id_{group}" checked' in page for group in ("personal", "frequency", "campaigns")] == [
            verb == "accept"
        ] * 3
    assert ConsentEvent.objects.filter(kind="GRANT").count() == 9
    assert ConsentEvent.objects.values("receipt").distinct().count() == 1
    assert ConsentEvent.objects.values("term").distinct().count() == 3
