"""When an answer cannot be made as it was decided: it is said what stands in the way, and the controller decides again.

The person was promised nothing yet: the story says that something stood in the way, and the last day stays.
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

# What can come between a decision and its answer.
SETBACK_ERRORS = (rectification.RectificationError, TextChangedError)


class ReturnedToReviewError(Exception):
    """Nothing was granted: the request says what stood in the way."""

    def __init__(self, setback: Setback) -> None:
        super().__init__(setback)
        self.setback = setback


def setback_of(error: Exception) -> Setback:
    """What stands in the way, for the controller."""
    return Setback.REDACTION if isinstance(error, TextChangedError) else Setback.CORRECTION


def may_take_back(request: SubjectRequest) -> bool:
    """Whether making the answer failed at least once: whoever waits for the worker need not interfere."""
    return AccessPackage.objects.filter(request=request, built_at=None, tries__gt=0).exists()


def take_back(request_id: UUID, *, now: datetime) -> None:
    """Take a request whose answer cannot be made back to the desk, by hand. Raises IllegalTransitionError."""
    _take_back(request_id, Setback.BY_HAND, now)


def return_to_review(request_id: UUID, error: Exception, *, now: datetime) -> None:
    """Take it back because of one of the ``SETBACK_ERRORS``, and tell the controller. Raises IllegalTransitionError."""
    with transaction.atomic():
        request = _take_back(request_id, setback_of(error), now)
        _mark(request, error)
        emails.returned(request, now=now)


def note(request_id: UUID, error: Exception, *, now: datetime) -> None:
    """Say what stood in the way of a yes that was not given: the request stays where it was."""
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
    """Write the obstacle on the corrections that it concerns; their right is undecided again."""
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
