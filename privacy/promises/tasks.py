from celery import shared_task
from django.utils import timezone

from privacy.promises import checking


@shared_task
def check_promises() -> None:
    checking.check(now=timezone.now())
