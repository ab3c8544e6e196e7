"""The first floor's wake-ups."""

from celery import shared_task
from django.utils import timezone

from consent.ledger import ledger
from consent.notices import frequency
from consent.prospecting import prospecting
from consent.wording import archive


@shared_task
def close_lapsed_choices() -> None:
    """Note in the ledger each yes whose validity is over, and keep what is asked now."""
    now = timezone.now()
    archive.keep(now=now)
    ledger.expire(now=now)
    prospecting.close_lapsed(now=now)
    ledger.sweep()
    frequency.sweep(now=now)
