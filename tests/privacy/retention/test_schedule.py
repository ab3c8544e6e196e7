"""When the next purge runs, and when none will: never a time that will not come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.utils import timezone

from privacy.retention import purge, schedule, tasks
from privacy.retention.models import PurgeClock, PurgeRun
from privacy.retention.schedule import NextRun, Outlook
from softnlabs.celery import app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at_work(now: datetime, *, sent: timedelta, seen: timedelta = MINUTE) -> datetime:
    """Beat was seen and sent a purge so long ago; it began at once. Returns when that was."""
    PurgeClock.note(seen_at=now - seen, sent_at=now - sent)
    finish(now - sent)
    return now - sent


def finish(at: datetime) -> None:
    facts = {"requested_at": at, "started_at": at, "ended_at": at}
    PurgeRun.objects.create(state=PurgeRun.State.FINISHED, **facts)


def test_the_next_one_runs_an_hour_after_beat_sent_the_last(now):
    sent_at = at_work(now, sent=20 * MINUTE)
    assert schedule.next_run(now=now) == NextRun(Outlook.SCHEDULED, sent_at + HOUR)


def test_one_that_somebody_asked_for_meanwhile_moves_nothing(now):
    sent_at = at_work(now, sent=20 * MINUTE)
    purge.run(now=now - MINUTE)
    assert schedule.next_run(now=now) == NextRun(Outlook.SCHEDULED, sent_at + HOUR)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (7200.0, datetime(2026, 11, 23, 11, 40, tzinfo=UTC)),
        (timedelta(minutes=30), datetime(2026, 11, 23, 10, 10, tzinfo=UTC)),
        (crontab(minute=5), datetime(2026, 11, 23, 10, 5, tzinfo=UTC)),
        (crontab(minute=0, hour=3), datetime(2026, 11, 24, 3, tzinfo=UTC)),
    ],
)
def test_it_is_read_from_the_schedule_whatever_that_says(now, rule, expected, monkeypatch):
    monkeypatch.setitem(app.conf.beat_schedule, "purge", {"task": schedule.TASK, "schedule": rule})
    at_work(now, sent=20 * MINUTE)
    assert schedule.next_run(now=now) == NextRun(Outlook.SCHEDULED, expected)


def test_the_task_that_is_looked_for_is_the_one_that_purges():
    assert schedule.TASK == tasks.purge.name == app.conf.beat_schedule["purge"]["task"]


def test_without_an_entry_none_is_scheduled(now, monkeypatch):
    at_work(now, sent=20 * MINUTE)
    monkeypatch.delitem(app.conf.beat_schedule, "purge")
    assert schedule.next_run(now=now) == NextRun(Outlook.UNSCHEDULED)


def test_beat_that_was_never_seen_or_fell_silent_sends_none(now):
    assert schedule.next_run(now=now) == NextRun(Outlook.STOPPED)
    silent = schedule.BEAT_SILENT + timedelta(seconds=1)
    at_work(now, sent=20 * MINUTE, seen=silent)
    assert schedule.next_run(now=now) == NextRun(Outlook.STOPPED, now - silent)
    PurgeClock.note(seen_at=now - schedule.BEAT_SILENT)
    assert schedule.next_run(now=now).outlook == Outlook.SCHEDULED


def test_before_beat_sent_one_its_time_is_not_known(now):
    PurgeClock.note(seen_at=now)
    assert schedule.next_run(now=now) == NextRun(Outlook.UNKNOWN)


def test_one_that_beat_did_not_send_in_time_is_late(now):
    at_work(now, sent=HOUR + schedule.LATE)
    assert schedule.next_run(now=now) == NextRun(Outlook.SCHEDULED, now - schedule.LATE)
    late = at_work(now, sent=HOUR + schedule.LATE + timedelta(seconds=1))
    assert schedule.next_run(now=now) == NextRun(Outlook.LATE, late + HOUR)


def test_one_that_was_sent_and_that_nobody_began_says_so(now):
    finish(now - 2 * HOUR)
    PurgeClock.note(seen_at=now, sent_at=now - schedule.LATE)
    assert schedule.next_run(now=now).outlook == Outlook.SCHEDULED
    sent_at = now - schedule.LATE - MINUTE
    PurgeClock.note(seen_at=now, sent_at=sent_at)
    assert schedule.next_run(now=now) == NextRun(Outlook.NOT_BEGUN, sent_at)
    with purge.exclusive():  # a long one is under way
        assert schedule.next_run(now=now).outlook == Outlook.SCHEDULED


def test_while_one_waits_to_be_confirmed_none_deletes_anything(now):
    at_work(now, sent=20 * MINUTE)
    PurgeRun.objects.create(state=PurgeRun.State.REFUSED, requested_at=now)
    assert schedule.next_run(now=now) == NextRun(Outlook.REFUSED)


def test_there_is_one_clock(now):
    PurgeClock.note(seen_at=now, sent_at=now)
    PurgeClock.note(seen_at=now + MINUTE)
    clock = PurgeClock.objects.get()
    assert (clock.seen_at, clock.sent_at) == (now + MINUTE, now)


@pytest.fixture
def as_beat(transactional_db) -> Iterator[None]:
    """This process is the one of beat."""
    tasks.beat_init.send(sender="beat")
    assert PurgeClock.objects.get().seen_at
    PurgeClock.objects.all().delete()
    yield
    tasks.after_task_publish.disconnect(tasks.beat_sent_purge, sender=tasks.purge.name)
    tasks.after_task_publish.disconnect(tasks.beat_is_at_work, sender=tasks.reattach_restrictions.name)


@pytest.mark.django_db
def test_what_another_process_sends_is_not_noted():
    tasks.after_task_publish.send(sender=tasks.purge.name)
    tasks.after_task_publish.send(sender=tasks.reattach_restrictions.name)
    assert not PurgeClock.objects.exists()


@pytest.mark.usefixtures("as_beat")
@pytest.mark.parametrize(
    ("task", "is_sent"),
    [(tasks.purge, True), (tasks.reattach_restrictions, False), (tasks.run_requested_purge, None)],
)
def test_what_beat_sends_is_noted(task, is_sent):
    """By the signal that Celery gives when a task was handed to Redis."""
    since = timezone.now()
    tasks.after_task_publish.send(sender=task.name)
    clock = PurgeClock.objects.first()
    assert (clock and bool(clock.sent_at)) is is_sent
    assert clock is None or clock.seen_at >= since
