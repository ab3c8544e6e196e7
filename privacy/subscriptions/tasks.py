"""News of a version of the policy."""

from celery import shared_task
from django.utils import timezone

from privacy.subscriptions import subscriptions


@shared_task
def tell_of_new_version() -> None:
    """Write to those who asked to be told of a new policy."""
    subscriptions.tell(now=timezone.now())
