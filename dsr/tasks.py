"""Wake-ups. Each finds in the database what is to be done; a lost, late or doubled one does no harm."""

from celery import shared_task
from django.utils import timezone

from dsr import following, fulfilment


@shared_task
def build_packages() -> None:
    """Build the packages that wait."""
    fulfilment.build_packages(now=timezone.now())


@shared_task
def send_links() -> None:
    """Mail the links that were asked for."""
    following.send_links(now=timezone.now())
