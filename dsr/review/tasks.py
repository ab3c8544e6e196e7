from celery import shared_task
from django.utils import timezone

from dsr.review import lift_restriction, reminders


@shared_task
def keep_delays() -> None:
    now = timezone.now()
    reminders.close_unproven(now=now)
    reminders.remind(now=now)
    reminders.remind_of_recipients(now=now)
    reminders.digest(now=now)
    lift_restriction.lift_due(now=now)
