"""Ending an objection that was granted: only the person can want that, and the request's file says that they did."""

from datetime import datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import Transition
from privacy.rights import objection


class NoObjectionError(Exception):
    """Nothing is stopped by this request (any more)."""


def may_end(request: SubjectRequest) -> bool:
    return bool(objection.of_request(request.reference))


def end(request_id: UUID, *, reason: str, now: datetime) -> None:
    """The uses that this request stopped may go on. ``reason`` says how the person asked. Raises NoObjectionError."""
    with transitions.apply(request_id, Transition.END_OBJECTION, now=now) as request:
        if not may_end(request):
            raise NoObjectionError
        for each in objection.of_request(request.reference):
            objection.end(each, now=now)
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.message(request, words=reason, now=now)
