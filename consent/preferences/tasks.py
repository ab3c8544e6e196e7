"""The first floor's wake-ups."""

from celery import shared_task
from django.utils import timezone

from consent.ledger import ledger
from consent.notices import frequency
from consent.prospecting import prospecting
from consent.wording import archive


@shared_task
def expire_choices() -> None:
    """Note in the ledger each yes whose validity is over, and keep what is asked now."""
    now = timezone.now()
    archive.store_current(now=now)
    ledger.expire_due(now=now)
    prospecting.expire_inactive(now=now)
    ledger.delete_unused_terms()
    frequency.delete_old_tokens(now=now)
