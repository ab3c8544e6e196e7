"""Deleting rows with everything that depends on them, and their encrypted files.

The purge and the erasure of one person (GDPR article 17) both delete through here, and nothing else does.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db import connection, transaction
from django.db.models import CompositePrimaryKey, Model, ProtectedError, QuerySet, RestrictedError
from django.db.models.deletion import Collector

from privacy.audit import ledger, trail
from privacy.audit.ledger import AppendOnlyModel, Certificate, UncertifiedError
from privacy.datamap import stores
from privacy.datamap.models import Objection, Restriction
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject, fingerprint
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.journal import entries
from privacy.rights.models import Hold
from privacy.web import locks


class RowSparedError(RuntimeError):
    """A row that has to stay would have been deleted along."""


class NotErasedError(RuntimeError):
    """Rows about the person are still there: nothing was erased."""


@dataclass(frozen=True)
class DeletionCounts:
    """How much was deleted: rows asked for, rows that depended on them, encrypted files."""

    rows: int
    dependants: int
    files: int


@dataclass(frozen=True)
class RowReference:
    """A row that stays: ``holding`` is a label, ``key`` the primary key as text, empty for all rows."""

    holding: str
    key: str = ""


@dataclass
class ErasureOutcome:
    """What became of one holding's rows about the person.

    The keys of those that stay: ``held`` by a hold, ``exempted`` by the caller, ``needed`` by a row that stays.
    """

    holding: Holding
    rows: int = 0
    dependants: int = 0
    files: int = 0
    held: set[object] = field(default_factory=set)
    exempted: set[object] = field(default_factory=set)
    needed: set[object] = field(default_factory=set)

    @property
    def kept(self) -> set[object]:
        return self.held | self.exempted | self.needed

    def add(self, gone: DeletionCounts) -> None:
        self.rows += gone.rows
        self.dependants += gone.dependants
        self.files += gone.files


def erase(
    subject: Subject,
    *,
    now: datetime,
    exempt: Collection[RowReference] = (),
    also: Collection[RowReference] = (),
) -> list[ErasureOutcome]:
    """Erase one person from every holding, in one transaction; returns what was deleted and what stays, by holding.

    What stays: holdings with an ``erasure_exemption`` (audit trail, requests), the rows in ``exempt`` (GDPR article
    17(3): the caller has their ground), all of a person on hold, and whatever a row that stays depends on. The rows
    ``also`` are deleted too: they are the person's, under an address that was corrected in them a moment ago.
    Files are destroyed with their rows; restrictions end, having nothing left to restrict; objections stand, without
    the keys of the person; stores outside the database let go of the person, too. Written to the journal, so that a
    restored backup is erased again. Raises :class:`NotErasedError` if anything else is left.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [locks.HOLD])
        holds = frozenset(Hold.objects.in_force().values_list("about", flat=True))
        certificate = Certificate("erasure", trail.next_number())
        outcomes = _erase(subject, exempt, now, holds=holds, also=also, certificate=certificate)
        kept = {digest(outcome.holding, key) for outcome in outcomes for key in outcome.kept}
        _record(ledger.ERASED, certificate, subject, outcomes, now)
        entries.note_erasure(subject.pseudonyms, kept=kept, now=now)
    return outcomes


def replay(subject: Subject, *, kept: Collection[str], now: datetime) -> list[ErasureOutcome]:
    """The same after a restore, without the rows of the digests ``kept``: whatever else is there was erased before."""
    with transaction.atomic():
        rows = [
            (known, key) for known in _erasable() for key in known.about(subject).values_list("pk", flat=True)
        ]
        exempt = [RowReference(known.label, str(key)) for known, key in rows if digest(known, key) in kept]
        certificate = Certificate("erasure", trail.next_number())
        outcomes = _erase(subject, exempt, now, holds=frozenset(), certificate=certificate)
        _record(ledger.REPLAYED, certificate, subject, outcomes, now)
    return outcomes


def staying(subject: Subject, *, now: datetime) -> dict[str, list[str]]:
    """By their exemption, the titles of the holdings and stores that an erasure leaves with something of this person.

    In the language in force, and without what a law forbids to tell them.
    """
    found: dict[str, list[str]] = {}
    for known in holdings():
        if known.data.erasure_exemption and known.tellable(now, among=known.about(subject)).exists():
            found.setdefault(str(known.data.erasure_exemption), []).append(str(known.data.label))
    for store in stores.personal():
        if store.data.erasure_exemption and store.live(subject, now=now):
            found.setdefault(str(store.data.erasure_exemption), []).append(str(store.data.label))
    return found


def digest(known: Holding, key: object) -> str:
    """A keyed hash of one row's label and key."""
    return fingerprint(f"{known.label}:{key}")


def delete(
    rows: "QuerySet[Model]",
    *,
    spare: Collection[RowReference] = (),
    certificate: Certificate | None = None,
) -> DeletionCounts:
    """Delete ``rows``, also from ledgers. Raises :class:`~django.db.models.ProtectedError` when one must stay.

    The keys of the files are deleted in this transaction, their content after the commit. Raises
    :class:`RowSparedError` when one of ``spare`` would be deleted along, and
    :class:`~privacy.audit.ledger.UncertifiedError` without a ``certificate`` where the database keeps one of the rows.
    """
    with transaction.atomic():
        collector = Collector(using=rows.db, origin=rows)
        collector.collect(rows)
        found = list(_collected(collector))
        if spare and any(_is_spared(some, spare) for some in found):
            raise RowSparedError
        files: set[uuid.UUID] = set()
        for some in found:
            files.update(_files_of(some))
        kept = _take_kept(collector, found)
        _total, counts = collector.delete()
        counts |= _delete_kept(kept, certificate)
        asked_for = counts.pop(rows.model._meta.label, 0)
        return DeletionCounts(asked_for, sum(counts.values()), storage.destroy(files))


def delete_each(known: Holding, keys: Collection[object], *, certificate: Certificate) -> ErasureOutcome:
    """The rows of ``known`` with these ``keys``; those that a row needs which stays are named in the outcome."""
    outcome = ErasureOutcome(known)
    _delete_keys(outcome, list(keys), (), certificate)
    return outcome


def _erasable() -> list[Holding]:
    return [known for known in holdings() if not known.data.erasure_exemption]


def _erase(
    subject: Subject,
    exempt: Collection[RowReference],
    now: datetime,
    *,
    holds: frozenset[str],
    certificate: Certificate,
    also: Collection[RowReference] = (),
) -> list[ErasureOutcome]:
    locks.hold_mailboxes(subject.fingerprints)
    outcomes = [
        _erase_from(known, subject, exempt, holds, also, certificate=certificate) for known in _erasable()
    ]
    for store in stores.personal():
        store.erase(subject, now=now)
    if not any(outcome.held for outcome in outcomes):
        standing = Restriction.objects.in_force().filter(about__in=subject.fingerprints)
        standing.update(lifted_at=now, keys={})
        Objection.objects.in_force().filter(about__in=subject.fingerprints).update(keys={})
    for outcome in outcomes:
        if outcome.holding.about(subject).count() > len(outcome.kept):
            raise NotErasedError(outcome.holding.label)
    return outcomes


def _erase_from(
    known: Holding,
    subject: Subject,
    exempt: Collection[RowReference],
    holds: frozenset[str],
    also: Collection[RowReference],
    *,
    certificate: Certificate,
) -> ErasureOutcome:
    keys = _locked(known.about(subject))
    if named := [item.key for item in also if item.holding == known.label]:
        keys |= _locked(known.rows().filter(pk__in=named))
    outcome = ErasureOutcome(known, held=_held_among(known, keys, subject, holds))
    outcome.exempted = {key for key in keys - outcome.held if _is_named(known, key, exempt)}
    _delete_keys(outcome, list(keys - outcome.kept), exempt, certificate)
    return outcome


def _locked(rows: "QuerySet[Model]") -> set[object]:
    """Their keys. A row of a ledger cannot change, and whoever may not change it cannot lock it."""
    if not issubclass(rows.model, AppendOnlyModel):
        only_these = () if isinstance(rows.model._meta.pk, CompositePrimaryKey) else ("self",)
        rows = rows.select_for_update(of=only_these)
    return set(rows.values_list("pk", flat=True))


def _delete_keys(
    outcome: ErasureOutcome,
    keys: list[object],
    spare: Collection[RowReference],
    certificate: Certificate,
) -> None:
    """All at once; one by one if one of them cannot be deleted."""
    if not keys:
        return
    try:
        with transaction.atomic():
            rows = outcome.holding.rows().filter(pk__in=keys)
            outcome.add(delete(rows, spare=spare, certificate=certificate))
    except (ProtectedError, RestrictedError, RowSparedError):
        if len(keys) == 1:
            outcome.needed.add(keys[0])
            return
        for key in keys:
            _delete_keys(outcome, [key], spare, certificate)


def _held_among(known: Holding, keys: set[object], subject: Subject, holds: frozenset[str]) -> set[object]:
    if subject.fingerprints & holds:
        return keys
    if not (keys and holds):
        return set()
    people = known.pseudonyms(known.rows().filter(pk__in=keys))
    return {key for key, pseudonyms in people.items() if pseudonyms & holds}


def _is_named(known: Holding, key: object, items: Collection[RowReference]) -> bool:
    return any(item.holding == known.label and item.key in {"", str(key)} for item in items)


def _is_spared(rows: "QuerySet[Model]", spare: Collection[RowReference]) -> bool:
    label = rows.model._meta.label_lower
    keys = [item.key for item in spare if item.holding == label]
    return bool(keys) and (rows.exists() if "" in keys else rows.filter(pk__in=keys).exists())


def _record(
    action: str, certificate: Certificate, subject: Subject, outcomes: list[ErasureOutcome], now: datetime
) -> None:
    sums = {
        name: sum(getattr(outcome, name) for outcome in outcomes) for name in ("rows", "dependants", "files")
    }
    for name in ("held", "exempted", "needed"):
        sums[name] = sum(len(getattr(outcome, name)) for outcome in outcomes)
    about = min(subject.fingerprints, default="")
    trail.record(action, now=now, about=about, detail=sums, number=certificate.number)


def _collected(collector: Collector) -> Iterator["QuerySet[Model]"]:
    for rows in collector.fast_deletes:
        yield rows if isinstance(rows, QuerySet) else _again(_model_of(rows), rows)
    for model, instances in collector.data.items():
        yield _again(model, instances)


def _take_kept(collector: Collector, found: list["QuerySet[Model]"]) -> dict[type[Model], set[object]]:
    """Take out of ``collector`` what the application has no right to delete; the keys, by model."""
    kept: dict[type[Model], set[object]] = {}
    for rows in found:
        if rows.model._meta.db_table in _kept_tables():
            kept.setdefault(rows.model, set()).update(rows.values_list("pk", flat=True))
    collector.fast_deletes = [rows for rows in collector.fast_deletes if _model_of(rows) not in kept]
    for model in kept:
        collector.data.pop(model, None)
    return {model: keys for model, keys in kept.items() if keys}


def _delete_kept(kept: dict[type[Model], set[object]], certificate: Certificate | None) -> dict[str, int]:
    """What others depend on first: a row may go when the one that it depends on is gone."""
    if kept and certificate is None:
        raise UncertifiedError(", ".join(sorted(model._meta.label for model in kept)))
    counts = {}
    for model in sorted(kept, key=lambda model: _depth(model, kept)):
        assert certificate
        facts = {"actor": trail.actor(), "source": trail.source()}
        counts[model._meta.label] = ledger.delete(model, kept[model], certificate, **facts)
    return counts


@cache
def _kept_tables() -> frozenset[str]:
    return frozenset(ledger.kept())


def _depth(model: type[Model], among: Collection[type[Model]]) -> int:
    """How many of the others stand between it and one that depends on none of them."""
    parents = {column.related_model for column in model._meta.concrete_fields if column.remote_field}
    return max((1 + _depth(parent, among) for parent in among if parent in parents - {model}), default=0)


def _model_of(rows: "QuerySet[Model] | list[Model]") -> type[Model]:
    return rows.model if isinstance(rows, QuerySet) else type(rows[0])


def _again(model: type[Model], instances: Iterable[Model]) -> "QuerySet[Model]":
    return model._base_manager.filter(pk__in=[row.pk for row in instances])


def _files_of(rows: "QuerySet[Model]") -> Iterator[uuid.UUID]:
    for column in rows.model._meta.concrete_fields:
        if column.related_model is StoredFile:
            yield from rows.exclude(**{column.name: None}).values_list(column.attname, flat=True)
