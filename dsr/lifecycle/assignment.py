"""Who works on a request, and by when. The person is not told."""

from datetime import date, datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.rules.transitions import Transition
from privacy.audit import trail


def assign(request_id: UUID, *, assignee: str, target_on: date | None, now: datetime) -> None:
    """Raises IllegalTransitionError."""
    with transitions.apply(request_id, Transition.ASSIGN, now=now) as request:
        request.assignee, request.target_on = assignee, target_on


def assign_to_me(request_id: UUID, *, now: datetime) -> None:
    """Whoever had it before. Raises IllegalTransitionError."""
    with transitions.apply(request_id, Transition.ASSIGN_TO_ME, now=now) as request:
        request.assignee = trail.actor()
