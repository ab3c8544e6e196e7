"""Somebody writes to an applicant in the very moment of the purge: nothing that this keeps may go."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.utils import timezone

from privacy.audit import trail
from privacy.retention import purge
from recruitment.applications.models import Application, Exchange
from tests.recruitment.factories import make_application

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
SECONDS = 30


@contextmanager
def uncommitted(action: Callable[[], object], *, at_most: float) -> Iterator[None]:
    """``action`` is done in a transaction that stands when the block is left, or after ``at_most`` seconds."""
    done, may_commit = threading.Event(), threading.Event()

    def act() -> None:
        try:
            with transaction.atomic():
                action()
                done.set()
                may_commit.wait(at_most)
        finally:
            connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    assert done.wait(SECONDS)
    try:
        yield
    finally:
        may_commit.set()
        thread.join(SECONDS)


def test_a_contact_that_is_being_noted_keeps_the_application_and_all_that_was_said():
    now = timezone.now()
    long_ago = now - relativedelta(years=5, days=9)
    kept, gone = make_application(at=long_ago), make_application("bob@example.org", at=long_ago)
    for application in (kept, gone):
        Exchange.objects.create(
            application=application,
            direction=Exchange.Direction.OUT,
            at=long_ago,
            subject="Hello",
            text="You",
        )
    with (
        trail.acting("system", "test"),
        # Without a lock the purge would read the old date, wait for this to stand, and delete all the same.
        uncommitted(lambda: kept.note_contact(now=now), at_most=2),
    ):
        purge.run(now=now)
    assert [application.email for application in Application.objects.all()] == [kept.email]
    assert [exchange.application_id for exchange in Exchange.objects.all()] == [kept.pk]
