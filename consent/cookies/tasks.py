"""Cookies seen on this machine."""

from celery import shared_task
from django.utils import timezone

from consent.cookies import sightings


@shared_task
def note_sightings() -> None:
    """Add the cookies seen on this machine to the report."""
    sightings.drain(now=timezone.now())
