from datetime import datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.requests.note_models import InternalNote
from dsr.rules.transitions import Transition
from privacy.audit import trail


def add(request_id: UUID, *, text: str, now: datetime) -> None:
    """A note appears on no page of the person and in no letter. It is never changed, and deleted with the request."""
    with transitions.apply(request_id, Transition.ADD_NOTE, now=now) as request:
        InternalNote(request=request, written_at=now, author=trail.actor(), text=text).save()
