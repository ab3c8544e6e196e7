from celery import shared_task
from django.utils import timezone

from privacy.oversight import reports


@shared_task
def write_looks_report() -> None:
    reports.write_due(now=timezone.now())
