from celery import shared_task
from django.utils import timezone

from privacy.visits import counting, recording


@shared_task
def drain_visits() -> None:
    recording.drain(now=timezone.now())


@shared_task
def prepare_partitions() -> None:
    recording.prepare_partitions(now=timezone.now())


@shared_task
def count_visits() -> None:
    counting.count_finished(now=timezone.now())
