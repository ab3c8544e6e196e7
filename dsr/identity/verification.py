"""Making sure who asks: only where there is doubt, which is said; the delay stands still meanwhile."""

from datetime import date, datetime
from uuid import UUID

from dsr.lifecycle import disposal, transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.requests.identity_models import How, IdentityCheck
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import LateSuspension, paris_day
from dsr.rules.states import Move
from privacy.audit import trail


class WrongDay(ValueError):
    """The proof cannot have come before it was asked for, nor in the future."""


def ask(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Ask for a proof, saying why, and suspend the clock (GDPR 12(6)). One that came before was not sufficient.

    Raises IllegalMove, and :class:`LateSuspension` when the delay is over or already suspended.
    """
    with transitions.making(request_id, Move.ASK_IDENTITY, now=now) as request:
        if not request.clock().may_suspend(paris_day(now)):
            raise LateSuspension
        for came in request.identity_checks.undecided():
            _decide(came, How.INSUFFICIENT, now)
        IdentityCheck(request=request, asked_at=now, reason=reason).save()
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.identity_asked(request, reason=reason, now=now)


def check(request_id: UUID, *, how: str, came_on: date | None = None, now: datetime) -> None:
    """Decide on the identity; a proof that was awaited came on ``came_on``, where the clock runs on. Copies go.

    Raises IllegalMove and :class:`WrongDay`.
    """
    with transitions.making(request_id, Move.CHECK_IDENTITY, now=now) as request:
        asked = request.identity_checks.undecided().first()
        record = asked or IdentityCheck(request=request)
        if asked and asked.came_on is None:
            record.came_on = _day_of_proof(asked, came_on or paris_day(now), now)
        _decide(record, how, now)
        request.wind(now)


def is_checked(request: SubjectRequest) -> bool:
    """Whether somebody was satisfied who the person is, and no further proof is asked for."""
    checks = IdentityCheck.objects.filter(request=request)
    last = checks.decided().last()
    return last is not None and last.how != How.INSUFFICIENT and not checks.undecided().exists()


def _decide(check: IdentityCheck, how: str, now: datetime) -> None:
    check.how, check.checked_at, check.checked_by = how, now, trail.actor()
    check.save()
    disposal.destroy_proofs(check.request)


def _day_of_proof(awaited: IdentityCheck, came_on: date, now: datetime) -> date:
    asked_at = awaited.asked_at
    if asked_at is None or not paris_day(asked_at) <= came_on <= paris_day(now):
        raise WrongDay
    return came_on
