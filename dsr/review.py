"""What the controller decides: the delay, the answer, the refusal."""

from datetime import datetime
from uuid import UUID

from dsr import identity, letters, moves, states
from dsr.deadlines import LateExtension, paris_day
from dsr.models import AccessPackage, RequestMessage, SubjectRequest
from dsr.models.messages import Author
from dsr.states import Move


class IdentityUnchecked(Exception):
    """Nobody has said yet by what they know that the person is who they say."""


def possible_moves(request: SubjectRequest, *, now: datetime) -> list[Move]:
    """What may be done with the request now: what its state allows and its dates and checks do not forbid."""
    clock, today = request.clock(), paris_day(now)
    checked = identity.is_checked(request)
    facts = {
        Move.ASK_IDENTITY: clock.may_suspend(today),
        Move.CHECK_IDENTITY: not checked,
        Move.EXTEND: clock.may_extend(today),
        Move.GRANT: checked,
        Move.CLOSE: clock.is_suspended,
    }
    return [move for move in states.legal_moves(request.state) if facts.get(move, True)]


def write(request_id: UUID, *, text: str, now: datetime) -> None:
    """Write to the person. Raises IllegalMove once it is decided."""
    with moves.making(request_id, Move.WRITE, now=now) as request:
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=text).save()
        letters.message(request, now=now)


def extend(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Take two more months, and tell the person why (GDPR 12(3)). Raises IllegalMove, LateExtension."""
    with moves.making(request_id, Move.EXTEND, now=now) as request:
        if not request.clock().may_extend(paris_day(now)):
            raise LateExtension
        request.extended_at = now
        request.wind(now)
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        letters.extended(request, reason=reason, now=now)


def grant(request_id: UUID, *, now: datetime) -> None:
    """Say yes: the package is now to be built. Raises IllegalMove and :class:`IdentityUnchecked`."""
    with moves.making(request_id, Move.GRANT, now=now) as request:
        if not identity.is_checked(request):
            raise IdentityUnchecked
        AccessPackage(request=request, asked_at=now).save()


def refuse(request_id: UUID, *, ground: str, reason: str, now: datetime) -> None:
    """Say no, with the ground, the reason, the CNIL and the court (GDPR 12(4)). Raises IllegalMove."""
    with moves.making(request_id, Move.REFUSE, now=now) as request:
        request.ground = ground
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        letters.refused(request, reason=reason, now=now)


def close(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Close a request whose proof of identity never came. Raises IllegalMove and :class:`IdentityUnchecked`."""
    with moves.making(request_id, Move.CLOSE, now=now) as request:
        if not request.clock().is_suspended:
            raise IdentityUnchecked
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        letters.closed(request, reason=reason, now=now)


def reopen(request_id: UUID, *, now: datetime) -> None:
    """Take up again what was closed without answer. Raises IllegalMove."""
    with moves.making(request_id, Move.REOPEN, now=now) as request:
        letters.received(request, now=now)
