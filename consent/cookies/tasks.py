from celery import shared_task
from django.utils import timezone

from consent.cookies import observations


@shared_task
def store_observations() -> None:
    observations.drain(now=timezone.now())
