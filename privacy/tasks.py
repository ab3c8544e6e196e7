"""The ground floor's wake-ups. Each looks up what is due and calls one function."""

from celery import shared_task
from django.utils import timezone

from privacy import emails, navigation


@shared_task
def deliver_mail() -> None:
    """Send the mail that waits in the outbox."""
    emails.deliver(now=timezone.now())


@shared_task
def drain_visits() -> None:
    """Copy the visits that wait in this machine's spool into the table."""
    navigation.drain(now=timezone.now())


@shared_task
def prepare_partitions() -> None:
    """Make the partitions of visits well ahead."""
    navigation.prepare_partitions(now=timezone.now())
