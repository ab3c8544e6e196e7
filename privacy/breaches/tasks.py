from celery import shared_task
from django.utils import timezone

from privacy.breaches import breaches, reminders


@shared_task
def follow_breaches() -> None:
    """What left is noted first: nobody is reminded of it."""
    now = timezone.now()
    breaches.note_departures(now=now)
    breaches.write_again(now=now)
    reminders.remind(now=now)
