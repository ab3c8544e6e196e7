"""Wake-ups. Each finds in the database what is to be done; a lost, late or doubled one does no harm."""

from celery import shared_task
from django.utils import timezone

from dsr import following, fulfilment, lifting, reminders


@shared_task
def build_packages() -> None:
    """Build the packages that wait."""
    fulfilment.build_packages(now=timezone.now())


@shared_task
def send_links() -> None:
    """Mail the links that were asked for."""
    following.send_links(now=timezone.now())


@shared_task
def keep_delays() -> None:
    """Remind the controller, close what waited too long for a proof, lift what was announced."""
    now = timezone.now()
    reminders.close_unproven(now=now)
    reminders.remind(now=now)
    reminders.remind_of_recipients(now=now)
    reminders.digest(now=now)
    lifting.lift_due(now=now)
