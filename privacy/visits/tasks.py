"""What the worker does for visits."""

from celery import shared_task
from django.utils import timezone

from privacy.visits import counting, recording


@shared_task
def drain_visits() -> None:
    """Copy the visits that wait in this machine's spool into the table."""
    recording.drain(now=timezone.now())


@shared_task
def prepare_partitions() -> None:
    """Make the partitions of visits well ahead."""
    recording.prepare_partitions(now=timezone.now())


@shared_task
def count_visits() -> None:
    """Keep the totals of the days that are over, long before their visits go."""
    counting.count_finished(now=timezone.now())
