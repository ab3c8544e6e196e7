from celery import shared_task
from django.utils import timezone

from privacy.subscriptions import subscriptions


@shared_task
def notify_subscribers() -> None:
    now = timezone.now()
    subscriptions.mail_waiting(now=now)
    subscriptions.notify(now=now)
