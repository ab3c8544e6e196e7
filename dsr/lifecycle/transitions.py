"""Making a move: one lock, one table, one event, one audit entry. Every verb of a request goes through here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dsr.lifecycle import disposal, statistics
from dsr.requests.event_models import Happening, RequestEvent
from dsr.requests.models import SubjectRequest
from dsr.rules import states
from dsr.rules.states import Move
from privacy.audit import trail

HAPPENINGS = {
    Move.WRITE: Happening.WRITTEN,
    Move.ENCLOSE: Happening.ENCLOSED,
    Move.PROVE: Happening.PROOF_CAME,
    Move.ENTER: Happening.ENTERED,
    Move.ASK_IDENTITY: Happening.IDENTITY_ASKED,
    Move.CHECK_IDENTITY: Happening.IDENTITY_CHECKED,
    Move.CHECK_MANDATE: Happening.MANDATE_CHECKED,
    Move.HAND_IN: Happening.MANDATE_CAME,
    Move.EXTEND: Happening.EXTENDED,
    Move.DECIDE: Happening.DECIDED,
    Move.CORRECT: Happening.CORRECTED,
    Move.ANNOUNCE: Happening.LIFTING,
    Move.RESERVE: Happening.RESERVED,
    Move.STRIKE: Happening.STRUCK,
    Move.TAKE: Happening.ORGANISED,
    Move.ORGANISE: Happening.ORGANISED,
    Move.PREPARE: Happening.PREPARED,
    Move.PREPARE_REFUSAL: Happening.PREPARED,
    Move.REVISE: Happening.REVISED,
    Move.GRANT: Happening.GRANTED,
    Move.RETURN: Happening.RETURNED,
    Move.ANSWER: Happening.ANSWERED,
    Move.REFUSE: Happening.REFUSED,
    Move.WITHDRAW: Happening.WITHDRAWN,
    Move.CLOSE: Happening.CLOSED,
    Move.REOPEN: Happening.REOPENED,
    Move.POST: Happening.POSTED,
    Move.NOTE: Happening.NOTED,
    Move.TELL: Happening.TOLD,
}


# What changes nothing that a controller decides on.
QUIET = frozenset(
    {
        Happening.LINK_USED,
        Happening.DOWNLOADED,
        Happening.NOTED,
        Happening.POSTED,
        Happening.TOLD,
        Happening.ORGANISED,
    }
)


class ChangedMeanwhile(Exception):
    """Something happened to the request after the page that somebody acts from was shown to them."""

    def __init__(self, events: Sequence[RequestEvent]) -> None:
        super().__init__()
        self.events = events


@contextmanager
def as_seen(request_id: UUID, seen: int) -> Iterator[None]:
    """Let nobody act on what they have not seen: ``seen`` is the number of the last event that they were shown.

    The request stays locked inside. Raises :class:`ChangedMeanwhile`.
    """
    with transaction.atomic():
        SubjectRequest.objects.select_for_update().get(pk=request_id)
        newer = RequestEvent.objects.filter(request=request_id, pk__gt=seen).exclude(what__in=QUIET)
        if events := list(newer):
            raise ChangedMeanwhile(events)
        yield


def last_seen(request: SubjectRequest) -> int:
    """The number of the last event of a request."""
    return request.events.aggregate(last=Max("pk"))["last"] or 0


@contextmanager
def making(request_id: UUID, move: Move, *, now: datetime) -> Iterator[SubjectRequest]:
    """Lock the request, make the move, let the caller add to it, then save and write it down.

    Two who act at once come one after the other: the second sees the state that the first left.
    Raises :class:`IllegalMove`, and :class:`SubjectRequest.DoesNotExist`.
    """
    with transaction.atomic():
        request = SubjectRequest.objects.select_for_update().get(pk=request_id)
        target = states.after(request.state, move)
        is_closing, was_closed = target in states.FINAL, request.state in states.FINAL
        if was_closed and not is_closing:
            statistics.ended(request, by=-1)
        request.closed_at = (request.closed_at or now) if is_closing else None
        request.state = target
        yield request
        request.save()
        if is_closing and not was_closed:
            statistics.ended(request)
        if was_closed and not is_closing and move != Move.REOPEN:
            record(request, Happening.REOPENED, now=now)
        if is_closing:
            disposal.at_the_end(request)
        record(request, HAPPENINGS[move], now=now)


def record(request: SubjectRequest, what: Happening, *, now: datetime) -> None:
    """Add a line to the story of the request and one to the audit trail."""
    if what == Happening.RECEIVED:
        statistics.came(request)
    RequestEvent.objects.create(request=request, at=now, what=what, actor=trail.actor())
    trail.record(
        f"dsr.request.{what.lower()}",
        now=now,
        obj=request,
        about=request.pseudonym(),
        detail={"state": request.state},
    )
