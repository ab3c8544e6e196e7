from celery import shared_task
from django.utils import timezone

from dsr.follow_up import follow_up


@shared_task
def send_links() -> None:
    follow_up.send_links(now=timezone.now())
