"""The heartbeats of the worker and of beat."""

from celery import shared_task
from celery.signals import after_task_publish, beat_init, worker_ready
from django.db import connection
from django.utils import timezone

from softnlabs.website.health.models import Heartbeat


@shared_task
def tick() -> None:
    Heartbeat.record(Heartbeat.Component.WORKER, now=timezone.now())


@worker_ready.connect
def worker_started(**_facts: object) -> None:
    """Counts as the first heartbeat, so that a start need not wait for the first tick."""
    _record(Heartbeat.Component.WORKER)


@beat_init.connect
@after_task_publish.connect(sender=tick.name)
def beat_published_tick(**_facts: object) -> None:
    """Only beat publishes the tick, so this proves that it runs."""
    _record(Heartbeat.Component.BEAT)


def _record(component: str) -> None:
    """Outside a task Django does not close the connection, and the worker's children must not inherit it."""
    try:
        Heartbeat.record(component, now=timezone.now())
    finally:
        connection.close()
