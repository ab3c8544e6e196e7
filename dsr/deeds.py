"""Doing what was granted, at the moment of the answer and in its transaction.

The package, where one was asked for, is built before: a copy of what is then erased is the person's last.
"""

from collections.abc import Callable
from datetime import datetime

from dsr.kinds import Kind
from dsr.models import RequestItem, SubjectRequest

Deed = Callable[[SubjectRequest, RequestItem, datetime], None]
DEEDS: dict[str, Deed] = {}
# What the answer itself does: undecided, these count as granted when the controller says yes.
BY_GRANT = frozenset({Kind.ACCESS, Kind.PORTABILITY, *map(Kind, DEEDS)})


def carry_out(request: SubjectRequest, *, now: datetime) -> None:
    """Do what was granted and is not done yet."""
    for item in request.items.granted().filter(done_at=None):
        if deed := DEEDS.get(item.kind):
            deed(request, item, now)
        item.done_at = now
        item.save()
