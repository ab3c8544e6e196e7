from celery import shared_task
from django.utils import timezone

from privacy.seals import recheck, sealing


@shared_task
def seal() -> None:
    sealing.seal(now=timezone.now())


@shared_task
def close_day() -> None:
    sealing.close_day(now=timezone.now())


@shared_task
def verify() -> None:
    recheck.verify_each_night(now=timezone.now())
