from celery import shared_task
from django.utils import timezone

from dsr.after_death import instructions
from dsr.intake import unconfirmed


@shared_task
def tell_unconfirmed() -> None:
    now = timezone.now()
    unconfirmed.tell(now=now)
    instructions.mail_waiting(now=now)
