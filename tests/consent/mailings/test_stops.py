"""How many stopped after a campaign."""

from datetime import datetime, timedelta

import pytest

from consent.ledger.ledger import Act
from consent.mail_preferences import preferences
from consent.mailings import stops
from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import DeliveryState
from consent.prospecting import prospecting
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing, make_prospect

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def reached(mailing: Mailing, email: str, at: datetime) -> None:
    Delivery.objects.create(
        mailing=mailing, email=email, language="en", added_at=at, next_try_at=at, sent_at=at,
        state=DeliveryState.SENT,
    )  # fmt: skip


def stop(email: str, at: datetime) -> None:
    preferences.stop(email, words="Stop", language="en", now=at)


def figures() -> list[int]:
    return list(Mailing.objects.order_by("pk").values_list("unsubscribed", flat=True))


def test_a_stop_counts_for_the_last_campaign_that_had_reached_the_person(now):
    first, second, third = (make_mailing() for _each in range(3))
    for email in (ALICE, BOB):
        make_prospect(email, now=now - 9 * HOUR)
        reached(first, email, now - 5 * HOUR)
    reached(second, ALICE, now - 4 * HOUR)
    reached(third, ALICE, now - HOUR)
    stop(ALICE, now - 2 * HOUR)
    stops.count(now=now)
    stops.count(now=now)
    assert figures() == [0, 1, 0]
    stop(BOB, now - HOUR)
    stops.count(now=now)
    assert figures() == [1, 1, 0]


def test_who_stops_otherwise_or_got_nothing_is_not_counted(now):
    mailing = make_mailing()
    for email in (ALICE, BOB):
        make_prospect(email, now=now - 9 * HOUR)
    reached(mailing, ALICE, now - 5 * HOUR)
    prospecting.withdraw(email=ALICE, act=Act.MY_DATA, words="Stop", language="en", page="/", now=now - HOUR)
    stop(BOB, now - HOUR)
    stops.count(now=now)
    assert figures() == [0]


def test_a_figure_never_falls(now):
    mailing = make_mailing(unsubscribed=3)
    make_prospect(ALICE, now=now - 9 * HOUR)
    reached(mailing, ALICE, now - 5 * HOUR)
    stop(ALICE, now - HOUR)
    stops.count(now=now)
    assert figures() == [3]


def test_stopping_has_it_counted_soon(now, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(preferences.task_queue, "enqueue", asked.append)
    stop(ALICE, now)
    assert "consent.mailings.tasks.count_stops" in asked
