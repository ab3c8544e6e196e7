from celery import shared_task
from django.utils import timezone

from consent.ledger import ledger
from consent.notices import frequency
from consent.prospecting import prospecting, silent
from consent.wording import archive


@shared_task
def expire_choices() -> None:
    """Upkeep of choices: expired consents, the archive of questions, terms and tokens that nothing needs any more."""
    now = timezone.now()
    archive.store_current(now=now)
    ledger.expire_due(now=now)
    prospecting.expire_inactive(now=now)
    silent.tell(now=now)
    ledger.delete_unused_terms()
    frequency.delete_old_tokens(now=now)
