"""The visits of one browser, found by the number in its cookie: seen, taken along and deleted by whoever uses it.

Nothing else looks visits up by that number, and what leaves here is without it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from privacy.visits import recording
from privacy.visits.models import Visit

NUMBER = "visitor"


def of_browser(visitor: UUID | None, *, now: datetime) -> "QuerySet[Visit]":
    """Newest first, without those past their period; none for a browser that has no number."""
    visits: QuerySet[Visit] = Visit.objects.live(now).order_by("-at", "-number")
    return visits.filter(visitor=visitor) if visitor else visits.none()


def export(visitor: UUID | None, *, now: datetime) -> list[dict[str, Any]]:
    """What the data map declares of each visit, by the name of the field, but for the number."""
    return list(of_browser(visitor, now=now).values(*fields()))


def fields() -> list[str]:
    return [name for name in Visit.personal_data.fields if name != NUMBER]


def delete(visitor: UUID, *, now: datetime) -> None:
    """Delete them, and let nothing that still waits under this number come in. The browser has to give it up.

    It is an objection to what was recorded so far, noted like any other: a restored backup deletes again.
    """
    recording.stop_recording(visitor, now=now)
