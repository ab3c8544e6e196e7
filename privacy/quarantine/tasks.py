from celery import shared_task
from django.utils import timezone

from privacy.quarantine import scanning


@shared_task
def scan_uploads() -> None:
    scanning.run(now=timezone.now())
