"""Sweeping the encrypted files."""

from celery import shared_task
from django.utils import timezone

from privacy.files import sweep


@shared_task
def sweep_files() -> None:
    """Remove the files that no row knows, and report the rows whose file is gone."""
    sweep.run(now=timezone.now())
