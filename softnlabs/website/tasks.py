"""The website's wake-ups."""

from typing import Any

from celery import shared_task
from celery.signals import after_task_publish
from django.db import close_old_connections
from django.utils import timezone

from softnlabs.website.models import Heartbeat


@shared_task
def tick() -> None:
    """The worker carries out the tick: it is at work."""
    Heartbeat.leave(Heartbeat.Part.WORKER, now=timezone.now())


@after_task_publish.connect(sender=tick.name)
def _handed_out(**_facts: Any) -> None:
    """Beat hands out the tick, and nobody else does: it is at work. Its connection may have gone stale meanwhile."""
    close_old_connections()
    Heartbeat.leave(Heartbeat.Part.BEAT, now=timezone.now())
