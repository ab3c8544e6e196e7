from celery import shared_task
from django.utils import timezone

from privacy.recipients import notices


@shared_task
def follow_disclosure_notices() -> None:
    """What left is noted first: nobody is reminded of it."""
    now = timezone.now()
    notices.note_departures(now=now)
    notices.remind(now=now)
