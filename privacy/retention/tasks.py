"""What the worker does for retention."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from privacy.retention import advance_notice, replay, safeguard
from privacy.retention import purge as retention


@shared_task
def purge() -> None:
    """Delete what is past its period, unless a purge runs already, or looks wrong and is not confirmed."""
    with suppress(retention.AlreadyRunning, safeguard.Refused):
        safeguard.run(now=timezone.now())


@shared_task
def purge_if_asked() -> None:
    """The purge that somebody asked for at the desk."""
    if retention.is_asked():
        purge()


@shared_task
def bind_restrictions() -> None:
    """Let restrictions that were restored without their keys hold for people who are here again."""
    replay.bind(now=timezone.now())


@shared_task
def forewarn() -> None:
    """Tell the controller what the purges of the next day will delete."""
    advance_notice.forewarn(now=timezone.now())
