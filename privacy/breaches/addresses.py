"""Addresses of persons whom a breach concerns, read from records of one kind.

Those of restricted people are among them: the law wants them to be told.
"""

from datetime import date, datetime, time

from django.utils.text import capfirst

from privacy.audit import trail
from privacy.breaches.models import Breach
from privacy.datamap.periods import CALENDAR
from privacy.datamap.registry import Holding, holdings


def choices() -> list[tuple[str, str]]:
    """The kinds of record that hold an address, with what their days are counted from."""
    return [(each.label, _title(each)) for each in _with_addresses()]


def read(breach: Breach, *, label: str, since: date | None, until: date | None, now: datetime) -> list[str]:
    """Each address in live records of the kind `label` whose period began between these days. On record."""
    (holding,) = (each for each in _with_addresses() if each.label == label)
    lookup, start = holding.data.subject["emails"], holding.data.keep.since
    rows = holding.rows()
    if since:
        rows = rows.filter(**{f"{start}__gte": datetime.combine(since, time.min, tzinfo=CALENDAR)})
    if until:
        rows = rows.filter(**{f"{start}__lte": datetime.combine(until, time.max, tzinfo=CALENDAR)})
    live = holding.live(now, among=rows).exclude(**{lookup: ""}).order_by()
    found = sorted({str(each) for each in live.values_list(lookup, flat=True) if each})
    detail: dict[str, str | int] = {"holding": label, "addresses": len(found)}
    trail.record("privacy.breach.addresses_read", now=now, obj=breach, detail=detail)
    return found


def _with_addresses() -> list[Holding]:
    return [each for each in holdings() if "emails" in each.data.subject]


def _title(holding: Holding) -> str:
    return f"{capfirst(str(holding.data.label))} ({holding.data.keep.since_label})"
