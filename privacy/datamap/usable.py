"""Which rows may be used, and not only stored (GDPR article 18)."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from privacy.datamap.models import Restriction
from privacy.datamap.registry import holding

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def usable(rows: Rows, now: datetime) -> Rows:
    """The live ones of ``rows``, without those of people whose data are restricted. One query more.

    For staff, recruiters and prospecting; the person's own pages and package show what is live.
    """
    known = holding(rows.model)
    live = known.live(now, among=rows)
    if known.data.erasure_exemption:
        return live  # type: ignore[return-value]
    restricted = Restriction.objects.in_force().subject()
    if not restricted.is_known:
        return live  # type: ignore[return-value]
    return live.exclude(pk__in=known.about(restricted).values("pk"))  # type: ignore[return-value]
