"""Internal notes: added, never changed, deleted with the request's file."""

from datetime import datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.requests.note_models import InternalNote
from dsr.rules.transitions import Transition
from privacy.audit import trail


def add(request_id: UUID, *, text: str, now: datetime) -> None:
    """Add a note. It stands on no page of the person's and in no letter."""
    with transitions.apply(request_id, Transition.ADD_NOTE, now=now) as request:
        InternalNote(request=request, written_at=now, author=trail.actor(), text=text).save()
