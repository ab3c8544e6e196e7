"""What the worker does for retention."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from privacy.retention import advance_notice, replay, safeguard
from privacy.retention import purge as retention


@shared_task
def purge() -> None:
    """Delete what is past its period, unless a purge runs already, or looks wrong and is not confirmed."""
    with suppress(retention.PurgeRunningError, safeguard.PurgeRefusedError):
        safeguard.run(now=timezone.now())


@shared_task
def run_requested_purge() -> None:
    """The purge that somebody asked for at the desk."""
    if retention.is_requested():
        purge()


@shared_task
def reattach_restrictions() -> None:
    """Let restrictions that were restored without their keys hold for people who are here again."""
    replay.reattach_restrictions(now=timezone.now())


@shared_task
def send_advance_notice() -> None:
    """Tell the controller what the purges of the next day will delete."""
    advance_notice.send(now=timezone.now())
