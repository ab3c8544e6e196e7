"""Rate limits that are over."""

from celery import shared_task
from django.utils import timezone

from privacy.web import rate_limits


@shared_task
def delete_expired_rate_limits() -> None:
    """Delete the rate limits that count nothing any more."""
    rate_limits.delete_expired(now=timezone.now())
