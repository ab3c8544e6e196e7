from celery import shared_task
from django.utils import timezone

from privacy.files import sweep


@shared_task
def sweep_files() -> None:
    sweep.run(now=timezone.now())
