"""Checking every promise, by the clock."""

from celery import shared_task
from django.utils import timezone

from privacy.promises import checking


@shared_task
def check_promises() -> None:
    """Look at every promise, and tell the controller what changed."""
    checking.check(now=timezone.now())
