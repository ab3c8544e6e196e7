"""What a purge would delete: counts by rule, and the records one by one without their content."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    CASCADE,
    BooleanField,
    Count,
    ExpressionWrapper,
    ManyToOneRel,
    Max,
    Min,
    Model,
    Q,
    QuerySet,
)

from privacy.datamap import stores
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.stores import PersonalStore
from privacy.rights import holds
from privacy.web import keyset


@dataclass(frozen=True)
class RulePreview:
    """What a purge at ``cut_off`` would delete under one rule.

    Nobody can see the rows that are ``expired``, nor those ``detached``, which no query finds any more; the ``early``
    ones are seen until they go, because their period still runs. ``coming`` are those that are due some time later.
    """

    holding: Holding
    cut_off: datetime
    expired: RowSpan = NO_ROWS
    early: RowSpan = NO_ROWS
    detached: int = 0
    coming: int = 0
    kept: int = 0  # past their period, and in no number above, because a hold or a restriction keeps them
    linked: int = 0  # records that go with these

    @property
    def count(self) -> int:
        return self.expired.count + self.early.count + self.detached

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to say about it."""
        return not (self.count or self.coming or self.kept)

    @property
    def is_listed(self) -> bool:
        """Whether its records can be looked through one by one."""
        return self.holding.data.purged_by.is_by_row


def by_rule(*, now: datetime, ahead: timedelta = timedelta()) -> list[RulePreview]:
    """What a purge at ``now`` would look at, rule by rule; :func:`with_kept` leaves out what then stays."""
    return [_preview_rule(known, now, ahead) for known in holdings()]


def with_kept(rules: Iterable[RulePreview]) -> list[RulePreview]:
    """The same without the rows that a hold or a restriction keeps, and with the records that go along."""
    return [_with_kept(rule) if rule.count else rule for rule in rules]


def in_stores(*, now: datetime) -> list[tuple[PersonalStore, int]]:
    """The stores outside the database with entries that a purge at ``now`` would delete, and how many."""
    found = [(store, store.overdue(now)) for store in stores.personal()]
    return [(store, count) for store, count in found if count]


def _with_kept(rule: RulePreview) -> RulePreview:
    rows = due(rule.holding, rule.cut_off)
    if kept := holds.protected_keys(rule.holding, rows):
        rows = rows.exclude(pk__in=list(kept))
        rule = replace(rule, expired=_parts(rule.holding, rows, rule.cut_off)["expired"], kept=len(kept))
    return replace(rule, linked=_linked(rows))


def _preview_rule(holding: Holding, now: datetime, ahead: timedelta) -> RulePreview:
    """One query for the rows due now and those due later. Most rules have neither."""
    reached, detached = due(holding, now + ahead), holding.data.purged_by.count_unreachable()
    if not reached.exists():
        return RulePreview(holding, now, detached=detached)
    parts = _parts(holding, reached, now)
    return RulePreview(holding, now, parts["expired"], parts["early"], detached, coming=parts["coming"].count)


def _parts(holding: Holding, rows: "QuerySet[Model]", now: datetime) -> dict[str, RowSpan]:
    """Those of ``rows`` that a purge at ``now`` takes, past their period and before, and the others (coming)."""
    since = holding.data.keep.since
    taken, is_over = (
        ExpressionWrapper(condition, BooleanField())
        for condition in (_is_due(holding, now), holding.is_due(now))
    )
    grouped = rows.order_by().annotate(retention_due=taken, retention_over=is_over)
    spans = grouped.values_list("retention_due", "retention_over").annotate(
        Count(since), Min(since), Max(since)
    )
    found = {(is_taken, is_past): RowSpan(*span) for is_taken, is_past, *span in spans}
    return {
        "expired": found.get((True, True), NO_ROWS),
        "early": found.get((True, False), NO_ROWS),
        "coming": found.get((False, False), NO_ROWS),
    }


def _linked(rows: "QuerySet[Model]") -> int:
    """How many records go along because they depend on ``rows``."""
    found = {rows.model: rows}
    _follow(rows, found)
    del found[rows.model]
    return sum(dependants.count() for dependants in found.values())


def _follow(rows: "QuerySet[Model]", found: dict[type[Model], "QuerySet[Model]"]) -> None:
    """Add to ``found``, by model, what goes with ``rows``, and what goes with that."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE:
            dependent = relation.related_model
            linked = dependent._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
            if dependent in found:
                found[dependent] |= linked
            else:
                found[dependent] = linked
                _follow(linked, found)


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
            until=known.expires_at(row) or known.data.keep.period.after(row.paged_by),
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
