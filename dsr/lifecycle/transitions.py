"""Applying a transition: one lock, one event, one audit entry. Every change of a request goes through here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dsr.lifecycle import disposal, statistics
from dsr.requests.event_models import RequestEvent
from dsr.requests.models import SubjectRequest
from dsr.rules.states import FINAL
from dsr.rules.transitions import QUIET, Occurrence, Transition, target_state
from privacy.audit import trail


class ChangedMeanwhileError(Exception):
    """``events`` happened after the page was shown to whoever acts now."""

    def __init__(self, events: Sequence[RequestEvent]) -> None:
        super().__init__()
        self.events = events


@contextmanager
def unchanged_since(request_id: UUID, seen: int) -> Iterator[None]:
    """Let nobody act on what they have not seen: ``seen`` is the key of the last event that they were shown.

    The request stays locked inside. Raises :class:`ChangedMeanwhileError`.
    """
    with transaction.atomic():
        SubjectRequest.objects.select_for_update().get(pk=request_id)
        newer = RequestEvent.objects.filter(request=request_id, pk__gt=seen)
        if events := list(newer.exclude(event_type__in=QUIET)):
            raise ChangedMeanwhileError(events)
        yield


def last_event_id(request: SubjectRequest) -> int:
    """0 where there is none."""
    return request.events.aggregate(last=Max("pk"))["last"] or 0


@contextmanager
def apply(request_id: UUID, transition: Transition, *, now: datetime) -> Iterator[SubjectRequest]:
    """Lock the request, change its state, let the caller add to it, then save and record it.

    Of two who act at once, the second sees the state that the first left.
    Raises :class:`IllegalTransitionError`, and :class:`SubjectRequest.DoesNotExist`.
    """
    with transaction.atomic():
        request = SubjectRequest.objects.select_for_update().get(pk=request_id)
        target = target_state(request.state, transition)
        is_closing, was_closed = target in FINAL, request.state in FINAL
        if was_closed and not is_closing:
            statistics.count_ended(request, by=-1)
        request.closed_at = (request.closed_at or now) if is_closing else None
        request.state = target
        yield request
        request.save()
        if is_closing and not was_closed:
            statistics.count_ended(request)
        if was_closed and not is_closing and transition != Transition.REOPEN:
            record(request, Transition.REOPEN, now=now)
        if is_closing:
            disposal.on_closing(request)
        record(request, transition, now=now)


def record(request: SubjectRequest, what: Transition | Occurrence, *, now: datetime) -> None:
    """Add an entry to the history of the request and one to the audit trail."""
    if what == Occurrence.RECEIVED:
        statistics.count_received(request)
    RequestEvent.objects.create(request=request, at=now, event_type=what.event.code, actor=trail.actor())
    trail.record(
        f"dsr.request.{what.event.code.lower()}",
        now=now,
        obj=request,
        about=request.pseudonym(),
        detail={"state": request.state},
    )
