"""Making a move: one lock, one table, one event, one audit entry. Every verb of a request goes through here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dsr.lifecycle import disposal, statistics
from dsr.requests.event_models import EventType, RequestEvent
from dsr.requests.models import SubjectRequest
from dsr.rules import states
from dsr.rules.states import Transition
from privacy.audit import trail

EVENT_TYPES = {
    Transition.WRITE_MESSAGE: EventType.MESSAGE_WRITTEN,
    Transition.ADD_DOCUMENT: EventType.DOCUMENT_ADDED,
    Transition.SUBMIT_PROOF: EventType.PROOF_RECEIVED,
    Transition.ENTER_LETTER: EventType.LETTER_ENTERED,
    Transition.REQUEST_PROOF: EventType.PROOF_REQUESTED,
    Transition.CHECK_IDENTITY: EventType.IDENTITY_CHECKED,
    Transition.CHECK_MANDATE: EventType.MANDATE_CHECKED,
    Transition.RESUBMIT_MANDATE: EventType.MANDATE_RESUBMITTED,
    Transition.EXTEND: EventType.EXTENDED,
    Transition.DECIDE: EventType.DECIDED,
    Transition.CORRECT: EventType.CORRECTED,
    Transition.ANNOUNCE_LIFTING: EventType.LIFTING_ANNOUNCED,
    Transition.WITHHOLD: EventType.WITHHELD,
    Transition.REDACT: EventType.REDACTED,
    Transition.ASSIGN_TO_ME: EventType.ASSIGNED,
    Transition.ASSIGN: EventType.ASSIGNED,
    Transition.PREPARE: EventType.PREPARED,
    Transition.PREPARE_REFUSAL: EventType.PREPARED,
    Transition.REVISE: EventType.REVISED,
    Transition.GRANT: EventType.GRANTED,
    Transition.RETURN: EventType.RETURNED,
    Transition.ANSWER: EventType.ANSWERED,
    Transition.REFUSE: EventType.REFUSED,
    Transition.WITHDRAW: EventType.WITHDRAWN,
    Transition.CLOSE: EventType.CLOSED,
    Transition.REOPEN: EventType.REOPENED,
    Transition.MARK_POSTED: EventType.LETTER_POSTED,
    Transition.ADD_NOTE: EventType.NOTE_ADDED,
    Transition.NOTIFY_RECIPIENT: EventType.RECIPIENT_NOTIFIED,
}


# What changes nothing that a controller decides on.
IRRELEVANT_TO_DECISIONS = frozenset(
    {
        EventType.LINK_USED,
        EventType.DOWNLOADED,
        EventType.NOTE_ADDED,
        EventType.LETTER_POSTED,
        EventType.RECIPIENT_NOTIFIED,
        EventType.ASSIGNED,
    }
)


class ChangedMeanwhileError(Exception):
    """Something happened to the request after the page that somebody acts from was shown to them."""

    def __init__(self, events: Sequence[RequestEvent]) -> None:
        super().__init__()
        self.events = events


@contextmanager
def unchanged_since(request_id: UUID, seen: int) -> Iterator[None]:
    """Let nobody act on what they have not seen: ``seen`` is the number of the last event that they were shown.

    The request stays locked inside. Raises :class:`ChangedMeanwhileError`.
    """
    with transaction.atomic():
        SubjectRequest.objects.select_for_update().get(pk=request_id)
        newer = RequestEvent.objects.filter(request=request_id, pk__gt=seen).exclude(
            event_type__in=IRRELEVANT_TO_DECISIONS
        )
        if events := list(newer):
            raise ChangedMeanwhileError(events)
        yield


def last_event_id(request: SubjectRequest) -> int:
    """The number of the last event of a request."""
    return request.events.aggregate(last=Max("pk"))["last"] or 0


@contextmanager
def apply(request_id: UUID, transition: Transition, *, now: datetime) -> Iterator[SubjectRequest]:
    """Lock the request, make the move, let the caller add to it, then save and write it down.

    Two who act at once come one after the other: the second sees the state that the first left.
    Raises :class:`IllegalTransitionError`, and :class:`SubjectRequest.DoesNotExist`.
    """
    with transaction.atomic():
        request = SubjectRequest.objects.select_for_update().get(pk=request_id)
        target = states.target_state(request.state, transition)
        is_closing, was_closed = target in states.FINAL, request.state in states.FINAL
        if was_closed and not is_closing:
            statistics.count_ended(request, by=-1)
        request.closed_at = (request.closed_at or now) if is_closing else None
        request.state = target
        yield request
        request.save()
        if is_closing and not was_closed:
            statistics.count_ended(request)
        if was_closed and not is_closing and transition != Transition.REOPEN:
            record(request, EventType.REOPENED, now=now)
        if is_closing:
            disposal.on_closing(request)
        record(request, EVENT_TYPES[transition], now=now)


def record(request: SubjectRequest, event_type: EventType, *, now: datetime) -> None:
    """Add a line to the story of the request and one to the audit trail."""
    if event_type == EventType.RECEIVED:
        statistics.count_received(request)
    RequestEvent.objects.create(request=request, at=now, event_type=event_type, actor=trail.actor())
    trail.record(
        f"dsr.request.{event_type.lower()}",
        now=now,
        obj=request,
        about=request.pseudonym(),
        detail={"state": request.state},
    )
