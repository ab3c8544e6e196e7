"""When the next purge runs, by the schedule that beat really has, or why none will.

Beat is known by what it does: each time it sends a task that nobody else sends, the one row of :class:`PurgeClock` is
written (:mod:`privacy.retention.tasks`).
"""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from celery import current_app
from celery.schedules import BaseSchedule, maybe_schedule
from django.db.models import Q

from privacy.retention import purge
from privacy.retention.models import PurgeClock, PurgeRun

TASK = "privacy.retention.tasks.purge"
BEAT_SILENT = timedelta(minutes=3)  # it sends something each minute: two missed ones are no alarm
CLOCKS_DIFFER = timedelta(minutes=1)  # between the machines of beat and worker
LATE = timedelta(minutes=5)  # a busy worker may begin later than that, and then it is right to say so


class Outlook(StrEnum):
    """What is to be said about the next purge."""

    SCHEDULED = "SCHEDULED"
    UNKNOWN = "UNKNOWN"  # beat runs, and has not sent a purge since this was recorded
    UNSCHEDULED = "UNSCHEDULED"
    STOPPED = "STOPPED"  # beat is not running
    LATE = "LATE"  # beat runs, and did not send it in time
    NOT_BEGUN = "NOT_BEGUN"  # beat sent it, and no worker began it
    REFUSED = "REFUSED"  # none deletes anything until the controller confirms


@dataclass(frozen=True)
class NextRun:
    """``at``: when the next one runs, should have run, was sent, or when beat was last seen."""

    outlook: Outlook
    at: datetime | None = None


def next_run(*, now: datetime) -> NextRun:
    clock, entry = PurgeClock.objects.first() or PurgeClock(), _entry()
    if PurgeRun.objects.filter(state=PurgeRun.State.REFUSED).exists():
        return NextRun(Outlook.REFUSED)
    if entry is None:
        return NextRun(Outlook.UNSCHEDULED)
    if clock.seen_at is None or now - clock.seen_at > BEAT_SILENT:
        return NextRun(Outlook.STOPPED, clock.seen_at)
    if clock.sent_at is None:
        return NextRun(Outlook.UNKNOWN)
    if now - clock.sent_at > LATE and not _has_begun_since(clock.sent_at):
        return NextRun(Outlook.NOT_BEGUN, clock.sent_at)
    at = _following(entry, clock.sent_at, now)
    return NextRun(Outlook.SCHEDULED if now - at <= LATE else Outlook.LATE, at)


def _entry() -> BaseSchedule | None:
    """What the schedule says of the purge."""
    entries = current_app.conf.beat_schedule.values()
    found = next((entry["schedule"] for entry in entries if entry["task"] == TASK), None)
    return None if found is None else copy.copy(maybe_schedule(found, app=current_app))  # type: ignore[return-value]


def _following(entry: BaseSchedule, sent_at: datetime, now: datetime) -> datetime:
    """When beat sends the next one, as it reckons itself."""
    entry.nowfun = lambda: now  # type: ignore[attr-defined]  # the stubs misspell it
    return now + entry.remaining_estimate(sent_at)


def _has_begun_since(sent_at: datetime) -> bool:
    """One that was under way already counts: the one that was sent then left it the work."""
    since = sent_at - CLOCKS_DIFFER
    runs = PurgeRun.objects.filter(Q(started_at__gte=since) | Q(ended_at__gte=since))
    return runs.exists() or purge.is_running()
