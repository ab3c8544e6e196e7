"""The website's wake-ups, and the signs of life that they leave."""

from typing import Any

from celery import shared_task
from celery.signals import after_task_publish, beat_init, worker_ready
from django.db import connection
from django.utils import timezone

from softnlabs.website.health.models import Heartbeat


@shared_task
def tick() -> None:
    """The worker carries out the tick: it is at work."""
    Heartbeat.record(Heartbeat.Component.WORKER, now=timezone.now())


@worker_ready.connect
def worker_started(**_facts: Any) -> None:
    """Counts as the first sign of life, so that nobody waits for the first tick."""
    _record(Heartbeat.Component.WORKER)


@beat_init.connect
@after_task_publish.connect(sender=tick.name)
def beat_published_tick(**_facts: Any) -> None:
    """Beat hands out the tick, and nobody else does: it is at work."""
    _record(Heartbeat.Component.BEAT)


def _record(component: str) -> None:
    """Outside a task nobody looks after the connection; the worker's children must not inherit it either."""
    try:
        Heartbeat.record(component, now=timezone.now())
    finally:
        connection.close()
