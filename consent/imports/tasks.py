from celery import shared_task
from django.utils import timezone

from consent.imports import asking


@shared_task
def ask_listed_people() -> None:
    asking.run(now=timezone.now())
