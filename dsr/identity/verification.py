"""Checking who asks: a proof only where there is reasonable doubt; the clock stops meanwhile (GDPR 12(6))."""

from datetime import date, datetime
from uuid import UUID

from dsr.lifecycle import disposal, transitions
from dsr.messages import emails
from dsr.messages.models import Author, RequestMessage
from dsr.requests.identity_models import IdentityCheck, IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import LateSuspensionError, paris_day
from dsr.rules.transitions import Transition
from privacy.audit import trail


class ProofDateError(ValueError):
    """A day before the proof was asked for, or in the future."""


def request_proof(request_id: UUID, *, reason: str, now: datetime) -> None:
    """Ask for a proof with the reason, and suspend the clock (GDPR 12(6)). One that came before was not sufficient.

    Raises IllegalTransitionError, and LateSuspensionError when the time to answer is over or suspended already.
    """
    with transitions.apply(request_id, Transition.REQUEST_PROOF, now=now) as request:
        if not request.clock().may_suspend(paris_day(now)):
            raise LateSuspensionError
        for came in request.identity_checks.undecided():
            _decide(came, IdentityCheckMethod.INSUFFICIENT, now)
        IdentityCheck(request=request, asked_at=now, reason=reason).save()
        RequestMessage(request=request, written_at=now, author=Author.CONTROLLER, text=reason).save()
        emails.identity_asked(request, reason=reason, now=now)


def check(request_id: UUID, *, method: str, came_on: date | None = None, now: datetime) -> None:
    """Decide on the identity. The clock runs on from ``came_on``, the day of an awaited proof. Copies are destroyed.

    Raises IllegalTransitionError and ProofDateError.
    """
    with transitions.apply(request_id, Transition.CHECK_IDENTITY, now=now) as request:
        requested = request.identity_checks.undecided().first()
        record = requested or IdentityCheck(request=request)
        if requested and requested.came_on is None:
            record.came_on = _day_of_proof(requested, came_on or paris_day(now), now)
        _decide(record, method, now)
        request.update_due_date(now)


def is_checked(request: SubjectRequest) -> bool:
    """Whether the last check succeeded, and no further proof is asked for."""
    checks = IdentityCheck.objects.filter(request=request)
    last = checks.decided().last()
    return (
        last is not None
        and last.method != IdentityCheckMethod.INSUFFICIENT
        and not checks.undecided().exists()
    )


def _decide(check: IdentityCheck, method: str, now: datetime) -> None:
    check.method, check.checked_at, check.checked_by = method, now, trail.actor()
    check.save()
    disposal.destroy_proofs(check.request)


def _day_of_proof(awaited: IdentityCheck, came_on: date, now: datetime) -> date:
    asked_at = awaited.asked_at
    if asked_at is None or not paris_day(asked_at) <= came_on <= paris_day(now):
        raise ProofDateError
    return came_on
