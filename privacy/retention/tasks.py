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
    """The purge that somebody asked for in the admin."""
    if retention.is_requested():
        purge()


@shared_task
def reattach_restrictions() -> None:
    replay.reattach_restrictions(now=timezone.now())


@shared_task
def send_advance_notice() -> None:
    advance_notice.send(now=timezone.now())
