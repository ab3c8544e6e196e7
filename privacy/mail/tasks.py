"""Sending the mail that waits."""

from celery import shared_task
from django.utils import timezone

from privacy.mail import outbox


@shared_task
def deliver_mail() -> None:
    """Send the mail that waits in the outbox."""
    outbox.deliver(now=timezone.now())
