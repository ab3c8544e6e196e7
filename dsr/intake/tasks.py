from celery import shared_task
from django.utils import timezone

from dsr.intake import unconfirmed


@shared_task
def tell_unconfirmed() -> None:
    unconfirmed.tell(now=timezone.now())
