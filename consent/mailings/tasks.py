from celery import shared_task
from django.utils import timezone

from consent.mailings import sending, stops
from privacy.mail import task_queue


@shared_task
def send_mailings() -> None:
    """One short run. Where more waits, the next one is asked for at once; else by the clock."""
    if sending.run(now=timezone.now()):
        task_queue.enqueue("consent.mailings.tasks.send_mailings")


@shared_task
def count_stops() -> None:
    stops.count(now=timezone.now())
