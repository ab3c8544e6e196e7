"""Which rows may be used, and not only stored (GDPR articles 18 and 21)."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from privacy.datamap.models import Objection, Restriction
from privacy.datamap.registry import holding

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def usable(rows: Rows, now: datetime) -> Rows:
    """The live ones of ``rows``, without those of people whose data are restricted, or who objected to their use.

    Two queries more. For staff, recruiters and prospecting; the person's own pages and package show what is live.
    """
    known = holding(rows.model)
    live: Rows = known.live(now, among=rows)  # type: ignore[assignment]
    if known.data.erasure_exemption:
        return live
    restricted = Restriction.objects.in_force().subject()
    if restricted.is_known:
        live = live.exclude(pk__in=known.about(restricted).values("pk"))
    return without_objections(live)


def without_objections(rows: Rows) -> Rows:
    """``rows`` without those whose use their person objected to: nobody on the staff sees them. One query more."""
    known = holding(rows.model)
    standing = Objection.objects.in_force().filter(holding=known.label).exclude(keys={})
    objected = reduce(or_, (each.is_objected(known) for each in standing), Q())
    return rows.exclude(pk__in=known.rows().filter(objected).values("pk")) if objected else rows
