"""Four eyes (setting REQUESTS_FOUR_EYES): one prepares an answer or a refusal, another sends exactly that.

What is changed afterwards has to be prepared again: each function that changes something empties ``prepared_by``.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from dsr.lifecycle import transitions
from dsr.requests.models import SubjectRequest
from dsr.review import grounds
from dsr.rules.guards import ApprovalFacts
from dsr.rules.transitions import IllegalTransitionError, Transition
from privacy.audit import trail


class SecondPersonNeededError(Exception):
    """Nobody approves what they prepared themselves, nor sends what was not prepared."""


def prepare(request_id: UUID, *, now: datetime) -> None:
    """Raises IllegalTransitionError, also when something is submitted already."""
    _submit(request_id, Transition.PREPARE, "", "", now)


def prepare_refusal(request_id: UUID, *, ground: str, reason: str, now: datetime) -> None:
    """A refusal as the person will read it. Raises UnfitGroundError, and IllegalTransitionError as :func:`prepare`."""
    grounds.check_refusal(SubjectRequest.objects.get(pk=request_id), ground)
    _submit(request_id, Transition.PREPARE_REFUSAL, ground, reason, now)


def revise(request_id: UUID, *, now: datetime) -> None:
    """The words of a refusal stay, to begin with. Raises IllegalTransitionError, also when nothing is submitted."""
    with transitions.apply(request_id, Transition.REVISE, now=now) as request:
        if not request.prepared_by:
            raise IllegalTransitionError(request.state, Transition.REVISE)
        request.prepared_by = ""


def facts(request: SubjectRequest) -> ApprovalFacts:
    is_prepared = bool(request.prepared_by)
    return ApprovalFacts(
        is_required=settings.REQUESTS_FOUR_EYES,
        is_prepared=is_prepared,
        is_prepared_by_other=is_prepared and request.prepared_by != trail.actor(),
        is_refusal=bool(request.proposed_ground),
    )


def approve(request: SubjectRequest, *, refusal: bool, ground: str = "", reason: str = "") -> None:
    """Record who approves, if exactly this was prepared by another. Raises :class:`SecondPersonNeededError`.

    That it is another, the constraint dsr_subjectrequest_four_eyes says as well.
    """
    if not facts(request).allows(refusal=refusal):
        raise SecondPersonNeededError
    if not settings.REQUESTS_FOUR_EYES:
        request.prepared_by = ""
    elif (ground, reason) != (request.proposed_ground, request.proposed_reason):
        raise SecondPersonNeededError
    request.approved_by = trail.actor()
    request.proposed_ground = request.proposed_reason = ""


def _submit(request_id: UUID, transition: Transition, ground: str, reason: str, now: datetime) -> None:
    with transitions.apply(request_id, transition, now=now) as request:
        # Otherwise whoever prepared first could approve once a second person submits the same.
        if request.prepared_by:
            raise IllegalTransitionError(request.state, transition)
        request.prepared_by, request.approved_by = trail.actor(), ""
        request.proposed_ground, request.proposed_reason = ground, reason
