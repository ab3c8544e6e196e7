"""Check each row of each ledger, each seal and each daily seal, and name what is wrong.

The order of the queries matters, because pages and the worker go on meanwhile: seals first, then rows, then removals,
so that nothing that happens meanwhile is taken for a fault.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from privacy.audit.ledger import AppendOnlyModel
from privacy.seals import certificates, merkle, sealing
from privacy.seals.models import DailySeal, Removal, Seal, SealedRow

LEAVES = SealedRow._meta.db_table
# Numbers are compared as numbers, so that a few rows can be looked up; a hash of something else belongs to no row.
SAME_NUMBER = r"r.{key} = CASE WHEN s.key ~ '^[1-9]\d{{0,17}}$' THEN s.key::bigint END"
SAME_TEXT = "r.{key}::text = s.key"
COMPARE = f"""
SELECT s.key, s.seal_id, r.{{key}} IS NULL
FROM {LEAVES} s JOIN privacy_seal p ON p.number = s.seal_id LEFT JOIN {{table}} r ON {{same}}
WHERE s.ledger = %(ledger)s AND s.seal_id BETWEEN %(first)s AND %(last)s
  AND p.columns -> %(ledger)s = %(covered)s::jsonb
  AND (r.{{key}} IS NULL OR s.leaf <> {{leaf}})
ORDER BY s.seal_id, s.position
"""  # noqa: S608
# Out of order: a row of a transaction older than the last seal, or of one that does not exist yet, which would never
# be sealed.
OUT_OF_ORDER = """(r.ledger_xid < %(below)s OR %(is_same)s AND r.ledger_xid >= greatest(
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0) + 1))"""
UNSEALED = f"""
SELECT r.{{key}}::text, {OUT_OF_ORDER}
FROM {{table}} r WHERE NOT EXISTS (SELECT 1 FROM {LEAVES} s WHERE s.ledger = %(ledger)s AND s.key = r.{{key}}::text)
"""  # noqa: S608
# Transactions may be long: only a row dated more than an hour before the previous seal counts as backdated.
BACKDATED = f"""
SELECT s.key, s.seal_id FROM {LEAVES} s JOIN privacy_seal before ON before.number = s.seal_id - 1
JOIN {{table}} r ON {{same}}
WHERE s.ledger = %(ledger)s AND s.seal_id BETWEEN %(first)s AND %(last)s AND r.{{dated}} < before.at - interval '1 hour'
"""  # noqa: S608


class FaultKind(models.TextChoices):
    ALTERED = "ALTERED", _("altered since it was sealed")
    MISSING = "MISSING", _("missing, and neither purge nor erasure removed it")
    INSERTED = "INSERTED", _("inserted among older ones after they were sealed")
    BACKDATED = "BACKDATED", _("written long after the date that it bears")
    UNCERTIFIED = "UNCERTIFIED", _("no purge and no erasure certifies it")
    DIFFERENT = "DIFFERENT", _("more or fewer rows were removed than it certifies")
    RETURNED = "RETURNED", _("there again, although it was removed")
    SEAL = "SEAL", _("the seal itself was altered")
    CHAIN = "CHAIN", _("the seal before it is missing, or is another one")
    HASHES = "HASHES", _("the hashes under the seal were altered")
    EXPORT = "EXPORT", _("not what was exported")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: a row of a ledger, or a seal (``ledger`` is empty then)."""

    kind: FaultKind
    seal: int | None
    ledger: str = ""
    key: str = ""

    def __str__(self) -> str:
        where = (
            f"{self.ledger} {self.key}" if self.ledger else str(_("seal %(number)d") % {"number": self.seal})
        )
        return f"{where}: {self.kind.label}"


@dataclass
class Verdict:
    """How much was checked, what is wrong, and how many rows wait for the next seal."""

    rows: int = 0
    seals: int = 0
    removed: int = 0
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify(exported: Iterable[Mapping[str, Any]] = ()) -> Verdict:
    """Check everything, also against daily seals that were ``exported`` before."""
    verdict = Verdict()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        chain = list(Seal.objects.order_by("number"))
        verdict.seals = len(chain)
        verdict.faults += [*_chain(chain), *_hashes(chain, SealedRow.objects.all())]
        verdict.faults += [*_days(), *_exports(chain, exported), *_certificates()]
        if chain:
            for model in sealing.ledgers():
                _ledger(verdict, model, chain)
    return verdict


def altered(ledgers: Collection[type[AppendOnlyModel]]) -> list[Fault]:
    """What is wrong with the rows of some ledgers, assuming that their seals are right."""
    verdict = Verdict()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        if chain := list(Seal.objects.order_by("number")):
            for model in ledgers:
                _ledger(verdict, model, chain)
    return verdict.faults


def altered_under(seals: list[Seal]) -> list[Fault]:
    """What is wrong with seals that follow each other and with the rows under them.

    Not which seal stands before them, and not which of their rows are missing.
    """
    first, last = seals[0], seals[-1]
    leaves = SealedRow.objects.filter(seal_id__gte=first.number, seal_id__lte=last.number)
    found = [*_chain(seals, first.number, first.previous), *_hashes(seals, leaves)]
    for model in sealing.ledgers():
        found += _altered_rows(model, seals)
    return found


def _chain(chain: list[Seal], first: int = 1, before: str = sealing.NOTHING_BEFORE) -> Iterator[Fault]:
    for number, made in enumerate(chain, start=first):
        if made.number != number or made.previous != before:
            yield Fault(FaultKind.CHAIN, made.number)
            if made.number != number:
                return
        if made.sha256 != sealing.digest_of(made):
            yield Fault(FaultKind.SEAL, made.number)
        before = made.sha256


def _hashes(chain: list[Seal], leaves: "models.QuerySet[SealedRow]") -> Iterator[Fault]:
    by_number = {made.number: made for made in chain}
    found = set()
    ordered = leaves.order_by("seal_id", "position").values_list("seal_id", "leaf")
    for number, group in groupby(ordered.iterator(chunk_size=10_000), key=lambda leaf: leaf[0]):
        found.add(number)
        counted: list[bytes] = [bytes(leaf) for _number, leaf in group]
        made = by_number.get(number)
        if (
            made is None and not Seal.objects.filter(number=number).exists()
        ):  # one made meanwhile is not a fault
            yield Fault(FaultKind.HASHES, number)
        if made and (merkle.root(counted).hex(), len(counted)) != (made.root, made.rows):
            yield Fault(FaultKind.HASHES, number)
    yield from (
        Fault(FaultKind.HASHES, made.number) for made in chain if made.rows and made.number not in found
    )


def _days() -> Iterator[Fault]:
    before = sealing.NOTHING_BEFORE
    for daily in DailySeal.objects.order_by("day"):
        if daily.previous != before or not is_as_exported(daily):
            yield Fault(FaultKind.EXPORT, daily.head_id)
        before = daily.sha256


def is_as_exported(daily: DailySeal) -> bool:
    return hashlib.sha256(sealing.export(daily)).hexdigest() == daily.sha256


def _certificates() -> Iterator[Fault]:
    found, label = certificates.faults(), Removal._meta.label_lower
    yield from (Fault(FaultKind.UNCERTIFIED, None, label, key) for key in found.uncertified)
    yield from (Fault(FaultKind.DIFFERENT, None, label, certificate) for certificate in found.different)


def _exports(chain: list[Seal], exported: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    digests = {made.number: made.sha256 for made in chain}
    for kept in exported:
        for made in kept["seals"]:
            if digests.get(made["number"]) != made["sha256"]:
                yield Fault(FaultKind.EXPORT, made["number"])


def _ledger(verdict: Verdict, model: type[AppendOnlyModel], chain: list[Seal]) -> None:
    label = model._meta.label_lower
    compared = list(_compare(model, chain))
    unsealed = ask(model, UNSEALED, order_of(chain[-1]))
    removed = _removed(label)
    gone = {key for key, _seal, is_gone in compared if is_gone}
    verdict.rows += SealedRow.objects.filter(ledger=label, seal_id__lte=chain[-1].number).count()
    verdict.removed += len(gone & removed)
    verdict.waiting += sum(not is_old for _key, is_old in unsealed)
    verdict.faults += [
        Fault(FaultKind.MISSING if is_gone else FaultKind.ALTERED, seal, label, key)
        for key, seal, is_gone in compared
        if key not in removed or not is_gone
    ]
    verdict.faults += [Fault(FaultKind.INSERTED, None, label, key) for key, is_old in unsealed if is_old]
    verdict.faults += _backdated(model, chain)
    verdict.faults += [Fault(FaultKind.RETURNED, None, label, key) for key in _returned(model, removed)]


def _altered_rows(model: type[AppendOnlyModel], seals: list[Seal]) -> Iterator[Fault]:
    label = model._meta.label_lower
    for key, seal, is_gone in _compare(model, seals):
        if not is_gone:
            yield Fault(FaultKind.ALTERED, seal, label, key)
    yield from _backdated(model, seals)


def _backdated(model: type[AppendOnlyModel], seals: list[Seal]) -> list[Fault]:
    if not model.dated_by:
        return []
    label = model._meta.label_lower
    found = ask(model, BACKDATED, _ends(seals), dated=model.dated_by)
    return [Fault(FaultKind.BACKDATED, seal, label, key) for key, seal in found]


def _compare(model: type[AppendOnlyModel], chain: list[Seal]) -> Iterator[tuple[str, int, bool]]:
    """The sealed rows that changed: number, seal, whether they are gone."""
    label = model._meta.label_lower
    real = set(sealing.columns(model))
    for names in {tuple(made.columns[label]) for made in chain if label in made.columns}:
        covered = sealing.canonical(list(names)).decode()
        leaf = sealing.leaf_sql(label, names) if set(names) <= real else "''::bytea"
        yield from ask(model, COMPARE, {**_ends(chain), "covered": covered}, leaf=leaf)


def _removed(label: str) -> set[str]:
    return {
        key for keys in Removal.objects.filter(ledger=label).values_list("keys", flat=True) for key in keys
    }


def _returned(model: type[AppendOnlyModel], removed: set[str]) -> list[str]:
    """Those of the removed rows that exist: a restored backup has brought them back."""
    if not removed:
        return []
    return [str(key) for key in model._base_manager.filter(pk__in=removed).values_list("pk", flat=True)]


def order_of(last: Seal) -> dict[str, int | bool]:
    """The parameters of :data:`OUT_OF_ORDER`: below which number a row without a hash is, and whether above one may be.

    Nothing is, while a restored dump waits for its epoch.
    """
    cluster, upto = sealing.position()
    is_same = cluster == last.cluster and upto >= last.upto
    return {"below": last.upto if is_same else 0, "is_same": is_same}


def _ends(seals: list[Seal]) -> dict[str, int]:
    return {"first": seals[0].number, "last": seals[-1].number}


def ask(model: type[AppendOnlyModel], question: str, facts: Mapping[str, Any], **names: str) -> list[Any]:
    """Ask about the table of a ledger; `names` stand in the question beside the table's, `facts` are parameters."""
    key = model._meta.pk
    assert key is not None
    same = SAME_NUMBER if isinstance(key, models.AutoField) else SAME_TEXT
    names |= {"table": model._meta.db_table, "key": str(key.column)}
    asked = question.format(same=same.format(**names), **names)
    with connection.cursor() as cursor:
        cursor.execute(asked, {"ledger": model._meta.label_lower, **facts})
        return list(cursor.fetchall())
