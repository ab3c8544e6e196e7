"""Internal notes: added, never changed, deleted with the request's file."""

from datetime import datetime
from uuid import UUID

from dsr import moves
from dsr.models import InternalNote
from dsr.states import Move
from privacy import audit


def add(request_id: UUID, *, text: str, now: datetime) -> None:
    """Add a note. It stands on no page of the person's and in no letter."""
    with moves.making(request_id, Move.NOTE, now=now) as request:
        InternalNote(request=request, written_at=now, author=audit.actor(), text=text).save()
