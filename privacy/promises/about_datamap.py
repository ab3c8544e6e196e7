"""Promises derived from the data map: one for each purpose, category and retention period."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Min
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.datamap import stores
from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.stores import PersonalStore
from privacy.policy import drift, publishing
from privacy.policy.models import PolicyText
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.rights import holds

PURGE_TAKES = timedelta(hours=2)  # it runs every hour; one run may be missed


def promises() -> Iterator[Promise]:
    yield from map(_of_purpose, Purpose)
    yield from map(_of_category, Category)
    yield from map(_of_period, holdings())
    yield from map(_of_store, stores.personal())


def _of_purpose(purpose: Purpose) -> Promise:
    return Promise(
        f"purposes.{purpose.lower()}",
        "purposes",
        _("%(purpose)s: data serve this purpose only on the legal basis that the policy names.")
        % {"purpose": purpose.label},
        _("records that serve it on another basis"),
        partial(_purpose_is_named, purpose),
        group="purposes",
    )


def _of_category(category: Category) -> Promise:
    return Promise(
        f"data.{category.lower()}",
        "data",
        _("%(category)s: we hold this only where the policy says so.")
        % {"category": capfirst(category.label)},
        _("records with it that the policy does not list"),
        partial(_category_is_named, category),
        group="data.categories",
    )


def _of_period(holding: Holding) -> Promise:
    return Promise(
        f"storage.{holding.label}",
        "storage",
        _("%(what)s: none is kept longer than %(period)s.")
        % {"what": holding.data.label, "period": holding.data.keep.period},
        _("past their period"),
        partial(_period_is_kept, holding),
        _("oldest"),
        group="storage.periods",
    )


def _of_store(store: PersonalStore) -> Promise:
    return Promise(
        f"storage.{store.name}",
        "storage",
        _("%(what)s: none is kept longer than %(period)s.")
        % {"what": store.data.label, "period": store.data.period},
        _("past their period"),
        partial(_store_is_purged, store),
        _("oldest"),
        group="storage.periods",
    )


def _store_is_purged(store: PersonalStore, check_run: CheckRun) -> Evidence:
    dates = store.dates()
    return none_of(store.overdue(check_run.now - PURGE_TAKES), min(dates, default=None), among=len(dates))


def _purpose_is_named(purpose: Purpose, check_run: CheckRun) -> Evidence:
    """The policy in force names the purpose and its basis as they are now."""
    names = {f"purpose.{purpose.lower()}", f"basis.{purpose.lower()}"}
    version = publishing.in_force()
    drifted = {found.name for found in drift.of(version)} if version else names
    named = all(names <= text.placeholders.keys() for text in _texts())
    served = [held for held in holdings() if purpose in _purposes(held)]
    return _all_or_none(served, check_run, is_kept=named and not names & drifted)


def _category_is_named(category: Category, check_run: CheckRun) -> Evidence:
    """The policy in force lists the category, if any holding has it."""
    held = [each for each in holdings() if any(d.category == category for d in each.data.fields.values())]
    texts = _texts()
    is_named = bool(texts) and all(_lists(text, category) for text in texts)
    return _all_or_none(held, check_run, is_kept=is_named or not held)


def _all_or_none(held: list[Holding], check_run: CheckRun, *, is_kept: bool) -> Evidence:
    """All records of these holdings are right or wrong together."""
    among = sum(map(check_run.count, held))
    return Evidence(is_kept, 0 if is_kept else among, among=among)


def _period_is_kept(holding: Holding, check_run: CheckRun) -> Evidence:
    """No row is overdue since before the last purges, unless a hold or a restriction protects it."""
    figure = _overdue(holding, check_run.now - PURGE_TAKES)
    oldest = holding.live(check_run.now).aggregate(at=Min(holding.data.keep.since))["at"]
    return none_of(figure, oldest, among=check_run.count(holding) + figure)


def _overdue(holding: Holding, instant: datetime) -> int:
    due = holding.due(instant)
    count = due.count() + holding.data.purged_by.count_unreachable()
    return count - len(holds.protected_keys(holding, due)) if count else 0


def _texts() -> list[PolicyText]:
    version = publishing.in_force()
    return list(version.texts.all()) if version else []


def _lists(text: PolicyText, category: Category) -> bool:
    if "list.categories" in text.facts:
        return category in text.facts["list.categories"]
    with override(text.language):
        return str(category.label) in text.placeholders.get("list.categories", [])


def _purposes(holding: Holding) -> set[Purpose]:
    return {datum.purpose or holding.data.purpose for datum in holding.data.fields.values()}
