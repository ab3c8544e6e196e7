from celery import shared_task
from django.utils import timezone

from dsr.answer import delivery


@shared_task
def build_packages() -> None:
    delivery.build_packages(now=timezone.now())
