"""The ground floor's wake-ups. Each looks up what is due and calls one function."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from privacy import (
    counting,
    emails,
    forewarning,
    limits,
    navigation,
    promises,
    replay,
    retention,
    safety,
    seals,
    subscriptions,
    sweep,
)


@shared_task
def deliver_mail() -> None:
    """Send the mail that waits in the outbox."""
    emails.deliver(now=timezone.now())


@shared_task
def drain_visits() -> None:
    """Copy the visits that wait in this machine's spool into the table."""
    navigation.drain(now=timezone.now())


@shared_task
def prepare_partitions() -> None:
    """Make the partitions of visits well ahead."""
    navigation.prepare_partitions(now=timezone.now())


@shared_task
def count_visits() -> None:
    """Keep the totals of the days that are over, long before their visits go."""
    counting.count_finished(now=timezone.now())


@shared_task
def purge() -> None:
    """Delete what is past its period, unless a purge runs already, or looks wrong and is not confirmed."""
    with suppress(retention.AlreadyRunning, safety.Refused):
        safety.run(now=timezone.now())


@shared_task
def purge_if_asked() -> None:
    """The purge that somebody asked for at the desk."""
    if retention.is_asked():
        purge()


@shared_task
def seal() -> None:
    """Seal what was written in the ledgers since the last seal."""
    seals.seal(now=timezone.now())


@shared_task
def close_day() -> None:
    """The daily seal of yesterday, unless it was made already."""
    seals.close_day(now=timezone.now())


@shared_task
def forget_limits() -> None:
    """Delete the rate limits that count nothing any more."""
    limits.forget(now=timezone.now())


@shared_task
def tell_of_new_version() -> None:
    """Write to those who asked to be told of a new policy."""
    subscriptions.tell(now=timezone.now())


@shared_task
def check_promises() -> None:
    """Look at every promise, and tell the controller what changed."""
    promises.check(now=timezone.now())


@shared_task
def sweep_files() -> None:
    """Remove the files that no row knows, and report the rows whose file is gone."""
    sweep.sweep(now=timezone.now())


@shared_task
def bind_restrictions() -> None:
    """Let restrictions that were restored without their keys hold for people who are here again."""
    replay.bind(now=timezone.now())


@shared_task
def forewarn() -> None:
    """Tell the controller what the purges of the next day will delete."""
    forewarning.forewarn(now=timezone.now())
