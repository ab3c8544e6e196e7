"""Yes and stop at the same moment, from one mailbox, over two connections: the stop is the last word."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from privacy.audit import trail
from privacy.datamap.subjects import Subject
from privacy.rights import erasure
from privacy.web import signed_links
from tests import prospects
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
SECOND = timedelta(seconds=1)
LONG_ENOUGH = 0.5  # seconds in which whoever does not wait is through


def asked_at(now: datetime, email: str = ALICE) -> ConsentEvent:
    asked = prospecting.ask(email=email, sentence="I agree.", language="en", page="/", now=now)
    assert asked
    return asked


def stop(now: datetime, email: str = ALICE) -> None:
    prospecting.withdraw(email=email, act=Act.LINK, words="Stop", language="en", page="/", now=now)


def run(action: Callable[[], object]) -> object:
    try:
        with trail.acting("user:1", "race"):
            return action()
    finally:
        connection.close()


class Held:
    """``first`` is carried out over one connection, and committed only when this block ends."""

    def __init__(self, first: Callable[[], object]) -> None:
        self.first, self.pool = first, ThreadPoolExecutor(2)
        self.done, self.may_commit = threading.Event(), threading.Event()

    def __enter__(self) -> "Held":
        self.held = self.pool.submit(run, self._hold)
        assert self.done.wait(20)
        return self

    def __exit__(self, *_error: object) -> None:
        self.may_commit.set()
        self.held.result(timeout=20)
        self.pool.shutdown()

    def meanwhile(self, second: Callable[[], object]) -> Future[object]:
        """It must not be through while the first is not committed."""
        future = self.pool.submit(run, second)
        with pytest.raises(TimeoutError):
            future.result(timeout=LONG_ENOUGH)
        return future

    def _hold(self) -> None:
        with transaction.atomic():
            self.first()
            self.done.set()
            self.may_commit.wait(20)


def test_a_stop_that_is_not_committed_yet_is_waited_for_and_wins(now):
    asked = asked_at(now)
    with Held(lambda: stop(now + SECOND)) as held:
        late = held.meanwhile(lambda: prospecting.confirm_asking(asked, now=now + 2 * SECOND))
    with pytest.raises(prospecting.StoppedSinceError):
        late.result(timeout=20)
    assert prospecting.is_suppressed(ALICE)
    assert not Prospect.objects.exists()


def test_a_stop_during_the_confirmation_comes_after_it(now):
    asked = asked_at(now)
    with Held(lambda: prospecting.confirm_asking(asked, now=now + 2 * SECOND)) as held:
        late = held.meanwhile(lambda: stop(now + SECOND))
    late.result(timeout=20)
    assert prospecting.is_suppressed(ALICE)
    assert not Prospect.objects.exists()


def test_a_stop_under_another_spelling_of_the_mailbox_is_waited_for_too(now):
    asked = asked_at(now, "alice@gmail.com")
    with Held(lambda: stop(now + SECOND, "a.lice+news@googlemail.com")) as held:
        late = held.meanwhile(lambda: prospecting.confirm_asking(asked, now=now + 2 * SECOND))
    with pytest.raises(prospecting.StoppedSinceError):
        late.result(timeout=20)
    assert prospecting.is_suppressed("alice@gmail.com")


def test_a_yes_by_an_account_does_not_end_a_stop_that_came_later(now):
    with Held(lambda: stop(now + SECOND)) as held:
        late = held.meanwhile(lambda: prospects_agree(now))
    assert late.result(timeout=20) is False
    assert prospecting.is_suppressed(ALICE)
    assert not Prospect.objects.exists()
    assert prospects_agree(now + 2 * SECOND)
    assert prospecting.may_write(ALICE, now=now + 2 * SECOND)


def erase(email: str = ALICE) -> None:
    erasure.erase(Subject.of_email(email), now=timezone.now())


@pytest.mark.parametrize("email", [ALICE, "a.lice@gmail.com"])
def test_an_erasure_that_is_not_committed_yet_is_waited_for_and_nothing_is_made_anew(now, email):
    asked = asked_at(now, email)
    with Held(lambda: erase(email)) as held:
        late = held.meanwhile(lambda: prospecting.confirm_asking(asked, now=now + SECOND))
    with pytest.raises(signed_links.BadLinkError):
        late.result(timeout=20)
    assert not Prospect.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_an_erasure_that_comes_during_the_confirmation_takes_what_it_made(now):
    asked, others = asked_at(now), asked_at(now, BOB)
    prospecting.confirm_asking(others, now=now + SECOND)
    with Held(lambda: prospecting.confirm_asking(asked, now=now + SECOND)) as held:
        late = held.meanwhile(erase)
    late.result(timeout=20)
    assert Prospect.objects.get().email == BOB
    assert set(ConsentEvent.objects.values_list("email", flat=True)) == {BOB}


def test_others_do_not_wait(now):
    asked = asked_at(now, BOB)
    with Held(lambda: stop(now + SECOND)) as held:
        through = held.pool.submit(run, lambda: prospecting.confirm_asking(asked, now=now + SECOND))
        assert through.result(timeout=20) is True


def test_of_two_stops_the_later_one_counts_whichever_is_committed_last(now):
    with Held(lambda: stop(now + 2 * SECOND)) as held:
        held.meanwhile(lambda: stop(now))
    asked = asked_at(now + SECOND)
    with pytest.raises(prospecting.StoppedSinceError):
        prospecting.confirm_asking(asked, now=now + 3 * SECOND)
    assert Suppression.objects.get().added_at == now + 2 * SECOND


def test_what_was_said_before_the_question_is_ended_by_its_yes_alone(now):
    for email in (ALICE, BOB):
        stop(now, email)
    prospects.confirmed(email=ALICE, now=now + SECOND)
    assert [prospecting.is_suppressed(email) for email in (ALICE, BOB)] == [False, True]


def prospects_agree(now: datetime) -> bool:
    return prospecting.agree(
        email=ALICE, sentence="I agree.", language="en", page="/", now=now, policy_version="",
        entity="818 145 302",
    )  # fmt: skip
