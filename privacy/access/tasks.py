from celery import shared_task
from django.utils import timezone

from privacy.access import reminders


@shared_task
def remind_of_trainings() -> None:
    reminders.remind(now=timezone.now())
