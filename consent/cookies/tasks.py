"""Cookies seen on this machine."""

from celery import shared_task
from django.utils import timezone

from consent.cookies import observations


@shared_task
def store_observations() -> None:
    """Add the cookies seen on this machine to the report."""
    observations.drain(now=timezone.now())
