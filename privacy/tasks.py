"""The ground floor's wake-ups. Each looks up what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from privacy import emails


@shared_task
def deliver_mail() -> None:
    """Send the mail that waits in the outbox."""
    emails.deliver(now=timezone.now())
