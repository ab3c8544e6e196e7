"""Sending what campaigns have waiting: short runs over a few lines, each with one connection to the mail server.

The truth is in PostgreSQL: a run that is killed at any moment leaves what the next one goes on with (see `claims`).
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta

import psycopg2
from django.conf import settings
from django.db import Error

from consent.mailings import claims, mailings, pace, transports
from consent.mailings.claims import Permission
from consent.mailings.line import Line
from consent.mailings.messages import Composer
from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import IllegalMailingTransitionError, MailingState
from consent.mailings.transports import NoAnswerError, NotTakenError, ServerLostError
from privacy.mail import signing

LONGEST_RUN = 20.0  # seconds: the worker has other work too, and the next run goes on
COUNTED_EVERY = 5.0  # seconds
PAUSE = 0.2  # seconds in which the pace lets some more through
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


def run(*, now: datetime, seconds: float = LONGEST_RUN) -> bool:
    """Start what is due, and send over the first line that is free, for so long. Returns whether more waits now.

    Without a signature nothing leaves: campaigns wait until there is one.
    """
    if signing.is_ready():
        log.error("no campaign is sent: mail is not signed, see manage.py check_mail_signature")
        return False
    mailings.start_due(now=now)
    if not _sending() and not claims.left_on():
        return False
    with _free_line() as line:
        if line is None:
            return False
        pace.forget(now=now)
        more = _Run(line, now, seconds).go()
        mailings.forget_cancelled()
    return more


@contextmanager
def _free_line() -> Iterator[Line | None]:
    """The first one that no other process has. What was left on any free one is taken over."""
    with ExitStack() as opened:
        free = [line for number in _numbers() if (line := opened.enter_context(Line(number))).is_free()]
        for line in free:
            claims.take_over(line)
        for line in free[1:]:
            line.close()
        yield next((line for line in free if line.number < settings.MAILINGS_LINES), None)


def _numbers() -> list[int]:
    """Those of the settings, and those that a larger setting left e-mails on."""
    return sorted({*range(settings.MAILINGS_LINES), *claims.left_on()})


def _sending() -> list[int]:
    return list(
        Mailing.objects.filter(state=MailingState.SENDING).order_by("pk").values_list("pk", flat=True)
    )


class _Run:
    """One run over one line."""

    def __init__(self, line: Line, now: datetime, seconds: float) -> None:
        self.line, self.composer, self.transport = line, Composer(), transports.opened()
        self.began, self.started_at, self.seconds = time.monotonic(), now, seconds
        self.counted_at = self.began

    def now(self) -> datetime:
        return self.started_at + timedelta(seconds=time.monotonic() - self.began)

    def is_over(self) -> bool:
        return time.monotonic() - self.began >= self.seconds

    def go(self) -> bool:
        """Whether something is left that could be sent at once."""
        try:
            return any(self._send_all(number) for number in _sending())
        except ServerLostError as error:
            log.warning("the mail server is away: %s", type(error.__cause__).__name__)
            return False
        finally:
            self.transport.close()

    def _send_all(self, number: int) -> bool:
        """Everything of one campaign that is due, until the run is over."""
        claims.fill(number, now=self.now())
        mailing = Mailing.objects.get(pk=number)
        try:
            while not self.is_over():
                if not self._send_some(mailing) and not self._waits_for_pace(mailing):
                    break
        finally:
            with suppress(Error, psycopg2.Error):
                self.line.wait()
            mailings.count(mailing)
        return not _finish(mailing, self.now()) and self._waits(mailing)

    def _waits_for_pace(self, mailing: Mailing) -> bool:
        """Wait a little where the pace alone keeps e-mails back."""
        if not self._waits(mailing):
            return False
        time.sleep(PAUSE)
        return True

    def _waits(self, mailing: Mailing) -> bool:
        waiting = Delivery.objects.sendable(self.now())
        return waiting.filter(mailing=mailing, mailing__state=MailingState.SENDING).exists()

    def _send_some(self, mailing: Mailing) -> bool:
        """One claim. False where there was nothing to claim. What any other error leaves, the next run takes over."""
        permission = Permission(mailing, self.line, now=self.now())
        left = claims.take(mailing, permission, self.line, now=self.now())
        if not left:
            return False
        try:
            while left and not self.is_over():
                self._send(left[0], mailing)
                del left[0]
        except ServerLostError:
            claims.give_back(left, self.line)
            raise
        claims.give_back(left, self.line)
        self._count(mailing)
        return True

    def _count(self, mailing: Mailing) -> None:
        """Now and then: each time, all e-mails of the campaign are counted."""
        if time.monotonic() - self.counted_at >= COUNTED_EVERY:
            mailings.count(mailing)
            self.counted_at = time.monotonic()

    def _send(self, delivery: Delivery, mailing: Mailing) -> None:
        """Raises `ServerLostError`: then it was not sent."""
        message = self.composer.message(delivery, mailing, now=self.now())
        try:
            self.transport.offer(message)
        except NotTakenError as error:
            self._refused(delivery, error)
            return
        if claims.hand_over(delivery, self.line) or self._may_go_after_all(delivery, mailing):
            self._hand_over(delivery)
        else:
            self._keep_back(delivery, mailing)

    def _may_go_after_all(self, delivery: Delivery, mailing: Mailing) -> bool:
        """Something changed since the permission was made, for this address or for others: ask anew."""
        claims.roll_back(self.line)
        Permission(mailing, self.line, now=self.now())
        return claims.hand_over(delivery, self.line)

    def _keep_back(self, delivery: Delivery, mailing: Mailing) -> None:
        """In the last moment: the person said stop, or the campaign was paused."""
        claims.roll_back(self.line)
        self.transport.drop()
        if Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENDING).exists():
            claims.skip(delivery, self.line)
        else:
            self.line.wait()
            claims.give_back([delivery], self.line)

    def _hand_over(self, delivery: Delivery) -> None:
        claims.commit(self.line)
        self.transport.hand_over()
        try:
            self.line.wait()
            self.transport.answer()
        except NotTakenError as error:
            self._refused(delivery, error)
        except NoAnswerError as error:
            log.warning("no answer of the mail server: %s", type(error.__cause__).__name__)
            claims.uncertain(delivery, self.line)
        except psycopg2.Error:
            claims.lost_commit(delivery)
            raise
        else:
            claims.sent(delivery, self.line, now=self.now())

    def _refused(self, delivery: Delivery, error: NotTakenError) -> None:
        claims.refused(delivery, self.line, code=error.code, is_final=error.is_final, now=self.now())


def _finish(mailing: Mailing, now: datetime) -> bool:
    """End a campaign of which nothing waits any more. Another process may have done it, or somebody paused it."""
    if mailing.deliveries.unfinished().exists():
        return False
    with suppress(IllegalMailingTransitionError):
        mailings.finish(mailing.pk, now=now)
    return True
