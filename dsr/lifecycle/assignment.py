"""Who works on a request, and by when they mean to be done: the person is not told."""

from datetime import date, datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.rules.states import Move
from privacy.audit import trail


def organise(request_id: UUID, *, assignee: str, target_on: date | None, now: datetime) -> None:
    """Say who works on it and by when they mean to be done; the person is not told. Raises IllegalMove."""
    with transitions.making(request_id, Move.ORGANISE, now=now) as request:
        request.assignee, request.target_on = assignee, target_on


def take(request_id: UUID, *, now: datetime) -> None:
    """Make the request one's own, whoever had it. Raises IllegalMove."""
    with transitions.making(request_id, Move.TAKE, now=now) as request:
        request.assignee = trail.actor()
