from contextlib import suppress
from datetime import datetime

from celery import shared_task
from celery.signals import after_task_publish, beat_init
from django.db import connection
from django.utils import timezone

from privacy.retention import advance_notice, replay, safeguard
from privacy.retention import purge as retention
from privacy.retention.models import PurgeClock
from privacy.rights import objection


@shared_task
def purge() -> None:
    """Delete what is past its period, unless a purge runs already, or looks wrong and is not confirmed."""
    with suppress(retention.PurgeRunningError, safeguard.PurgeRefusedError):
        safeguard.run(now=timezone.now())


@shared_task
def run_requested_purge() -> None:
    """The purge that somebody asked for in the admin."""
    if retention.is_requested():
        purge()


@shared_task
def reattach_restrictions() -> None:
    replay.reattach_restrictions(now=timezone.now())


@shared_task
def carry_out_objections() -> None:
    """What came since, what a hold kept that has ended, and people who are known again after a restore."""
    now = timezone.now()
    replay.reattach_objections(now=now)
    objection.carry_out(now=now)


@shared_task
def send_advance_notice() -> None:
    advance_notice.send(now=timezone.now())


@beat_init.connect
def watch_beat(**_facts: object) -> None:
    """In the process of beat alone: what others send says nothing of the schedule."""
    after_task_publish.connect(beat_sent_purge, sender=purge.name)
    after_task_publish.connect(beat_is_at_work, sender=reattach_restrictions.name)
    beat_is_at_work()


def beat_sent_purge(**_facts: object) -> None:
    now = timezone.now()
    _note(seen_at=now, sent_at=now)


def beat_is_at_work(**_facts: object) -> None:
    """Told by the task that it sends each minute."""
    _note(seen_at=timezone.now())


def _note(**facts: datetime) -> None:
    """Outside a task Django does not close the connection."""
    try:
        PurgeClock.note(**facts)
    finally:
        connection.close()
