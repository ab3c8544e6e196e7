"""The grounds on which one request can be refused: those that the law knows for the rights it asks for."""

from collections.abc import Collection

from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules import rights
from dsr.rules.rights import RefusalGround


def of(request: SubjectRequest, asked: Collection[str]) -> list[RefusalGround]:
    """On which all the rights ``asked`` can be refused at once."""
    mandate = mandate_of(request)
    is_of_dead = mandate is not None and mandate.is_of_dead
    return rights.grounds_of(asked, is_mandated=_may_lack_mandate(request), is_of_dead=is_of_dead)


def of_refusal(request: SubjectRequest) -> list[RefusalGround]:
    """On which the whole can be refused: it has to fit each right not decided on yet.

    Where each was refused on a ground of its own, the whole is refused on one of those.
    """
    items = list(request.items.all())
    undecided = [item.right for item in items if not item.outcome]
    own = {item.ground for item in items if item.ground}
    if own and not undecided:
        return [ground for ground in RefusalGround if ground in own]
    return of(request, undecided or [item.right for item in items])


def check(request: SubjectRequest, ground: str, right: str) -> None:
    """Raises :class:`~dsr.rules.rights.UnfitGroundError`."""
    if ground not in of(request, [right]):
        raise rights.UnfitGroundError(ground)


def check_refusal(request: SubjectRequest, ground: str) -> None:
    """Raises :class:`~dsr.rules.rights.UnfitGroundError`."""
    if ground not in of_refusal(request):
        raise rights.UnfitGroundError(ground)


def _may_lack_mandate(request: SubjectRequest) -> bool:
    """Whether somebody else may have asked: with a mandate, or by a letter."""
    return hasattr(request, "mandate") or request.incoming_letters.exists()
