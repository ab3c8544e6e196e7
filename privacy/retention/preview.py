"""What a purge would delete: counts by rule, and the records one by one without their content."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, Model, Q, QuerySet

from privacy.datamap.registry import Holding, holdings
from privacy.rights import holds
from privacy.web import keyset


@dataclass(frozen=True)
class RulePreview:
    """What a purge would delete under one rule, and how many more rows (``coming``) would be due some time later."""

    holding: Holding
    cut_off: datetime
    count: int
    oldest: datetime | None
    newest: datetime | None
    coming: int = 0

    @property
    def is_listed(self) -> bool:
        """Whether its records can be looked through one by one."""
        return self.holding.data.purged_by.is_by_row


def by_rule(*, now: datetime, ahead: timedelta = timedelta()) -> list[RulePreview]:
    """What a purge at ``now`` would delete, rule by rule; holds are looked at only when it runs."""
    return [_preview_rule(known, now, ahead) for known in holdings()]


def _preview_rule(holding: Holding, now: datetime, ahead: timedelta) -> RulePreview:
    """One query for the rows due now and those due later. Most rules have neither."""
    since, reached = holding.data.keep.since, due(holding, now + ahead)
    unreachable = holding.data.purged_by.count_unreachable()
    if not reached.exists():
        return RulePreview(holding, now, unreachable, None, None)
    is_due = ExpressionWrapper(_is_due(holding, now), BooleanField())
    parts = reached.order_by().annotate(retention_due=is_due).values_list("retention_due")
    found = {is_over: facts for is_over, *facts in parts.annotate(Count(since), Min(since), Max(since))}
    (count, oldest, newest), coming = found.get(True, (0, None, None)), found.get(False, (0,))[0]
    return RulePreview(holding, now, count + unreachable, oldest, newest, coming)


@dataclass(frozen=True)
class DueRecord:
    """One record whose period is over, without its content."""

    number: str
    about: str  # the person's pseudonym, where one is known
    since: datetime
    until: datetime
    is_held: bool


@dataclass(frozen=True)
class DueRecordPage:
    """Some of them, the oldest first, and the cursors of the pages before and after."""

    records: list[DueRecord]
    before: str
    after: str


def due_page(known: Holding, *, until: datetime, before: str = "", after: str = "") -> DueRecordPage:
    """One page of the records of a holding whose period is over by ``until``."""
    page = keyset.page(known.due(until), known.data.keep.since, before=before, after=after)
    shown = known.rows().filter(pk__in=[row.pk for row in page.rows])
    people, held = known.pseudonyms(shown), holds.protected_keys(known, shown)
    records = [
        DueRecord(
            number=str(row.pk) if isinstance(row.pk, int | UUID) else "",  # another key may be a secret
            about=min(people.get(row.pk, ()), default=""),
            since=row.paged_by,
            until=known.data.keep.period.after(row.paged_by),
            is_held=row.pk in held,
        )
        for row in page.rows
    ]
    return DueRecordPage(records, page.before, page.after)


def due(holding: Holding, now: datetime) -> "QuerySet[Model]":
    """The rows that a purge at ``now`` would look at."""
    return holding.rows().filter(_is_due(holding, now))


def _is_due(holding: Holding, now: datetime) -> Q:
    return holding.data.purged_by.due(holding.is_due(now), now=now)
