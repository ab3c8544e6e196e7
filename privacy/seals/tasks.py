"""Sealing, by the clock."""

from celery import shared_task
from django.utils import timezone

from privacy.seals import sealing


@shared_task
def seal() -> None:
    """Seal what was written in the ledgers since the last seal."""
    sealing.seal(now=timezone.now())


@shared_task
def close_day() -> None:
    """The daily seal of yesterday, unless it was made already."""
    sealing.close_day(now=timezone.now())
