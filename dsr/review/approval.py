"""Four eyes (setting REQUESTS_FOUR_EYES): one prepares an answer or a refusal, another sends just that.

Whatever is changed afterwards has to be prepared anew: each function that changes something forgets who prepared.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from dsr.lifecycle import transitions
from dsr.requests.models import SubjectRequest
from dsr.rules.states import IllegalMove, Move
from privacy.audit import trail


class SecondPersonNeeded(Exception):
    """Whoever prepared an answer does not also approve it, nor does anybody send what was not prepared."""


def prepare(request_id: UUID, *, now: datetime) -> None:
    """Submit what was decided for another's approval. Raises IllegalMove, also when somebody has done so already."""
    _submit(request_id, Move.PREPARE, "", "", now)


def prepare_refusal(request_id: UUID, *, ground: str, reason: str, now: datetime) -> None:
    """Submit a refusal in the words that the person will read. Raises IllegalMove, also when something is submitted."""
    _submit(request_id, Move.PREPARE_REFUSAL, ground, reason, now)


def take_back(request_id: UUID, *, now: datetime) -> None:
    """Take back what was submitted, so that it can be changed; the words of a refusal stay, to begin with.

    Raises IllegalMove, also when nothing is submitted.
    """
    with transitions.making(request_id, Move.REVISE, now=now) as request:
        if not request.prepared_by:
            raise IllegalMove(request.state, Move.REVISE)
        request.prepared_by = ""


def possible_moves(request: SubjectRequest) -> dict[Move, bool]:
    """What the rule allows whoever acts."""
    wanted, prepared = settings.REQUESTS_FOUR_EYES, bool(request.prepared_by)
    is_refusal = bool(request.proposed_ground)
    is_other = prepared and request.prepared_by != trail.actor()
    return {
        Move.PREPARE: wanted and not prepared,
        Move.PREPARE_REFUSAL: wanted and not prepared,
        Move.REVISE: wanted and prepared,
        Move.GRANT: not wanted or (is_other and not is_refusal),
        Move.REFUSE: not wanted or (is_other and is_refusal),
    }


def approve(request: SubjectRequest, move: Move, *, ground: str = "", reason: str = "") -> None:
    """Write down who approves, if just this was prepared by another. Raises :class:`SecondPersonNeeded`.

    That it is not who prepared, the table itself says as well.
    """
    if not possible_moves(request)[move]:
        raise SecondPersonNeeded
    if not settings.REQUESTS_FOUR_EYES:
        request.prepared_by = ""
    elif (ground, reason) != (request.proposed_ground, request.proposed_reason):
        raise SecondPersonNeeded
    request.approved_by = trail.actor()
    request.proposed_ground = request.proposed_reason = ""


def _submit(request_id: UUID, move: Move, ground: str, reason: str, now: datetime) -> None:
    with transitions.making(request_id, move, now=now) as request:
        if request.prepared_by:  # or whoever prepared first could approve, once a second person says the same
            raise IllegalMove(request.state, move)
        request.prepared_by, request.approved_by = trail.actor(), ""
        request.proposed_ground, request.proposed_reason = ground, reason
