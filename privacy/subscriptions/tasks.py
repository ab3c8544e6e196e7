"""News of a version of the policy."""

from celery import shared_task
from django.utils import timezone

from privacy.subscriptions import subscriptions


@shared_task
def notify_subscribers() -> None:
    """Write to those who asked to be told of a new policy."""
    subscriptions.notify(now=timezone.now())
