from celery import shared_task
from django.utils import timezone

from privacy.web import rate_limits


@shared_task
def delete_expired_rate_limits() -> None:
    """They count nothing any more."""
    rate_limits.delete_expired(now=timezone.now())
