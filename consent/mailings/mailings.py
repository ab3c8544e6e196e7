"""What can be done with an e-mail campaign. Sending itself is in `sending`; each e-mail is claimed in `claims`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Greatest

from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import (
    ENDED,
    DeliveryState,
    IllegalMailingTransitionError,
    MailingState,
    MailingTransition,
    target_state,
)
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.mail import task_queue

FIGURES = {
    "sent": DeliveryState.SENT,
    "skipped": DeliveryState.SKIPPED,
    "refused": DeliveryState.REFUSED,
    "uncertain": DeliveryState.UNCERTAIN,
}


def schedule(mailing_id: int, *, at: datetime, now: datetime) -> Mailing:
    """Have it sent from `at` on; at once where `at` is not after `now`. Raises `IllegalMailingTransitionError`."""
    with _apply(mailing_id, MailingTransition.SCHEDULE, now=now) as mailing:
        mailing.scheduled_at, mailing.started_by = max(at, now), trail.actor()
    return mailing


def unschedule(mailing_id: int, *, now: datetime) -> Mailing:
    """Make it a draft again, which can be edited. Raises `IllegalMailingTransitionError`."""
    with _apply(mailing_id, MailingTransition.UNSCHEDULE, now=now) as mailing:
        mailing.scheduled_at = None
    return mailing


def pause(mailing_id: int, *, now: datetime) -> Mailing:
    """Acts between two messages. Raises `IllegalMailingTransitionError`."""
    with _apply(mailing_id, MailingTransition.PAUSE, now=now) as mailing:
        pass
    return mailing


def resume(mailing_id: int, *, now: datetime) -> Mailing:
    """Raises `IllegalMailingTransitionError`."""
    with _apply(mailing_id, MailingTransition.RESUME, now=now) as mailing:
        pass
    return mailing


def cancel(mailing_id: int, *, now: datetime) -> Mailing:
    """Acts between two messages, for good. What waits is forgotten. Raises `IllegalMailingTransitionError`."""
    with _apply(mailing_id, MailingTransition.CANCEL, now=now) as mailing:
        pass
    forget_cancelled()
    return mailing


def forget_cancelled() -> None:
    """What still waits of cancelled campaigns. A process gives back what it had claimed when one was cancelled."""
    left = Delivery.objects.filter(state=DeliveryState.WAITING, mailing__state=MailingState.CANCELLED)
    left.delete()


def start_due(*, now: datetime) -> int:
    """Start what is scheduled until `now`. Returns how many."""
    due = Mailing.objects.filter(state=MailingState.SCHEDULED, scheduled_at__lte=now)
    numbers = list(due.values_list("pk", flat=True))
    return sum(_start(number, now) for number in numbers)


def finish(mailing_id: int, *, now: datetime) -> Mailing:
    """Everybody was seen to. Raises `IllegalMailingTransitionError` when it was paused or cancelled meanwhile."""
    with _apply(mailing_id, MailingTransition.FINISH, now=now) as mailing:
        pass
    return mailing


def audience(*, entity: str, topic: str, languages: list[str], now: datetime) -> int:
    """To how many a campaign would go, were it sent now."""
    return chosen(entity=entity, topic=topic, languages=languages, now=now).count()


def chosen(*, entity: str, topic: str, languages: list[str], now: datetime) -> QuerySet[Prospect]:
    """Those who may be written to now, in these languages, and did not decline the topic."""
    writable = Prospect.objects.writable(entity=entity, now=now).filter(language__in=languages)
    found: QuerySet[Prospect] = writable.exclude(declined_topics__contains=[topic]) if topic else writable
    return found


def count(mailing: Mailing) -> None:
    """Write how far it is into its figures: they outlive what they are counted from, so none ever falls."""
    counts = {name: Count("pk", filter=Q(state=state)) for name, state in FIGURES.items()}
    found = mailing.deliveries.aggregate(**counts)
    Mailing.objects.filter(pk=mailing.pk).update(
        **{name: Greatest(F(name), number) for name, number in found.items()}
    )


def _start(number: int, now: datetime) -> bool:
    """False where another process started it, or somebody took it back, in this moment."""
    try:
        with _apply(number, MailingTransition.START, now=now) as mailing:
            mailing.started_at = now
    except IllegalMailingTransitionError:
        return False
    return True


@contextmanager
def _apply(mailing_id: int, transition: MailingTransition, *, now: datetime) -> Iterator[Mailing]:
    """Lock it, let the caller change it, save and record. Of two who act at once the second sees what the first did."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
        mailing.state = target_state(mailing.state, transition)
        mailing.ended_at = now if mailing.state in ENDED else None
        yield mailing
        mailing.save()
        trail.record(f"consent.mailing.{transition.code}", now=now, obj=mailing)
        if mailing.state in {MailingState.SCHEDULED, MailingState.SENDING}:
            task_queue.enqueue("consent.mailings.tasks.send_mailings")
