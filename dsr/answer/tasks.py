"""Building the packages that wait."""

from celery import shared_task
from django.utils import timezone

from dsr.answer import delivery


@shared_task
def build_packages() -> None:
    """Build the packages that wait."""
    delivery.build_packages(now=timezone.now())
