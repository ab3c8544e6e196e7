from celery import shared_task
from django.utils import timezone

from privacy.mail import outbox


@shared_task
def deliver_mail() -> None:
    outbox.deliver_alone(now=timezone.now())
