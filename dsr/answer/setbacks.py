"""When an answer cannot be made as it was decided: the controller is told why, and decides again.

The person has been promised nothing yet: the history says that something stood in the way, and the deadline stays.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.package.models import AccessPackage
from dsr.package.redaction_models import TextChangedError
from dsr.requests.correction_models import CorrectionSetback
from dsr.requests.models import Setback, SubjectRequest
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.rights import rectification

# What can happen between a decision and its answer.
SETBACK_ERRORS = (rectification.RectificationError, TextChangedError)


class ReturnedToReviewError(Exception):
    """Nothing was granted; ``setback`` says why."""

    def __init__(self, setback: Setback) -> None:
        super().__init__(setback)
        self.setback = setback


def setback_of(error: Exception) -> Setback:
    return Setback.REDACTION if isinstance(error, TextChangedError) else Setback.CORRECTION


def may_take_back(request: SubjectRequest) -> bool:
    """Whether making the answer failed at least once: while it only waits for the worker, nobody need act."""
    return AccessPackage.objects.filter(request=request, built_at=None, tries__gt=0).exists()


def take_back(request_id: UUID, *, now: datetime) -> None:
    """By hand, at the desk. Raises IllegalTransitionError."""
    _take_back(request_id, Setback.BY_HAND, now)


def return_to_review(request_id: UUID, error: Exception, *, now: datetime) -> None:
    """Because of one of the ``SETBACK_ERRORS``; tells the controller. Raises IllegalTransitionError."""
    with transaction.atomic():
        request = _take_back(request_id, setback_of(error), now)
        _mark(request, error)
        emails.returned(request, now=now)


def note(request_id: UUID, error: Exception, *, now: datetime) -> None:
    """Write down why granting failed: the request stays in its state."""
    with transaction.atomic():
        request = SubjectRequest.objects.select_for_update().get(pk=request_id)
        request.setback, request.prepared_by = setback_of(error), ""
        request.save(update_fields=["setback", "prepared_by"])
        _mark(request, error)
        transitions.record(request, Transition.RETURN, now=now)


def _take_back(request_id: UUID, why: Setback, now: datetime) -> SubjectRequest:
    with transitions.apply(request_id, Transition.RETURN, now=now) as request:
        request.setback, request.prepared_by = why, ""
        AccessPackage.objects.filter(request=request, built_at=None).delete()
    return request


def _mark(request: SubjectRequest, error: Exception) -> None:
    """Write the setback on the corrections that it concerns; their right is undecided again."""
    if not isinstance(error, rectification.RectificationError):
        return
    item = request.items.get(right=Right.RECTIFICATION)
    concerned = item.corrections.filter(holding=error.holding, key=error.key, is_accepted=True)
    concerned.filter(Q(field=error.field) if error.field else Q()).update(setback=_correction_setback(error))
    item.outcome, item.ground, item.reason = "", "", ""
    item.decided_at, item.decided_by = None, ""
    item.save()


def _correction_setback(error: rectification.RectificationError) -> CorrectionSetback:
    if isinstance(error, rectification.ValueChangedError):
        return CorrectionSetback.CHANGED
    return (
        CorrectionSetback.GONE
        if isinstance(error, rectification.NotRectifiableError)
        else CorrectionSetback.UNFIT
    )
