"""Whether what was verified last still holds: quick, however much was sealed, and with no gap.

Everything is verified once a night. Until the next night each look compares what can have changed since:

* that no seal, hash or sealed row is missing: all of them are counted or looked up;
* what was written since, among all rows. PostgreSQL keeps with each row the number of the transaction that wrote it
  (``xmin``), so an altered row is among them, however old it is;
* the seals made since, with their rows, and in turn a part of the old ones, so that in a day each was recomputed, also
  where a file of the database was changed behind PostgreSQL's back.

Nothing is named here. Where anything is not as it was, or the last verification does not count any more, everything
is verified anew.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.periods import CALENDAR
from privacy.seals import certificates, sealing, verification
from privacy.seals.models import DailySeal, Removal, Seal, SealedRow, Verification
from privacy.seals.verification import Verdict

NIGHT = 3  # o'clock in Paris
COUNTS_FOR = timedelta(hours=26)  # from one night to the next, with two hours for a worker that was away
TURN, TURNS = timedelta(minutes=20), 72  # the promises are checked as often, and 72 times a day
# Numbers of transactions have 32 bits here and begin anew; one from more than two thousand million before counts as
# new, which takes time and hides nothing.
SINCE = "((r.xmin::text::bigint - %(upto)s) & 4294967295) < 2147483648"
SEALS = f"""
SELECT coalesce(max(number), 0), coalesce(sum(rows), 0), coalesce(bool_and(is_next), true),
  count(*) FILTER (WHERE number = %(head)s AND sha256 = %(sha256)s),
  count(*) FILTER (WHERE is_new AND number <= %(head)s)
FROM (SELECT number, rows, sha256, {SINCE} AS is_new, number = row_number() OVER in_order
  AND previous = lag(sha256, 1, %(nothing)s) OVER in_order AS is_next
  FROM {Seal._meta.db_table} r WINDOW in_order AS (ORDER BY number)) AS chain
"""  # noqa: S608
HASHES = f"""
SELECT count(*) FILTER (WHERE seal_id <= %(last)s), count(*) FILTER (WHERE seal_id <= %(head)s AND {SINCE})
FROM {SealedRow._meta.db_table} r
"""  # noqa: S608
DAYS = f"""
SELECT coalesce(bool_and(is_next), true), coalesce(array_agg(id) FILTER (WHERE is_new), '{{}}')
FROM (SELECT id, {SINCE} AS is_new, previous = lag(sha256, 1, %(nothing)s) OVER (ORDER BY day) AS is_next
  FROM {DailySeal._meta.db_table} r) AS chain
"""  # noqa: S608
REMOVED = f"SELECT DISTINCT unnest(keys) FROM {Removal._meta.db_table} WHERE ledger = %(ledger)s"  # noqa: S608
# In one statement, so that a purge or a seal meanwhile makes no difference.
COUNTS = f"""
SELECT (SELECT count(*) FROM {SealedRow._meta.db_table} WHERE ledger = %(ledger)s)
  - (SELECT count(*) FROM {SealedRow._meta.db_table} s JOIN ({REMOVED}) AS removed (key) ON s.key = removed.key
     WHERE s.ledger = %(ledger)s)
  = (SELECT count(*) FROM {{table}})
  - (SELECT count(*) FROM {{table}} r WHERE r.ledger_xid >= %(below)s AND NOT EXISTS (
     SELECT FROM {SealedRow._meta.db_table} s WHERE s.ledger = %(ledger)s AND s.key = r.{{key}}::text OFFSET 0))
"""  # noqa: S608
# OFFSET 0 looks each new row up by its key: they are few beside the hashes, which the statistics may not know.
WRITTEN = f"""
WITH written AS MATERIALIZED (SELECT r.{{key}}::text AS key, {verification.OUT_OF_ORDER} AS is_out_of_order
  FROM {{table}} r WHERE {SINCE})
SELECT NOT EXISTS (SELECT FROM written w LEFT JOIN LATERAL (
  SELECT s.seal_id FROM {SealedRow._meta.db_table} s WHERE s.ledger = %(ledger)s AND s.key = w.key OFFSET 0
) AS hash ON true
WHERE hash.seal_id <= %(head)s OR hash.seal_id IS NULL AND w.is_out_of_order OR w.key IN ({REMOVED}))
"""  # noqa: S608


def verify_each_night(*, now: datetime) -> Verification | None:
    """Verify everything and keep what was found; ``None`` where that was done since the last night began."""
    night = now.astimezone(CALENDAR).replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    last = Verification.objects.first()
    if last is not None and last.cluster == sealing.position()[0] and night <= last.at <= now:
        return None
    return verify_everything(now=now)


def verify_everything(*, now: datetime) -> Verification:
    cluster, upto = sealing.position()  # first, so that whatever is written meanwhile counts as new
    verdict = verification.verify()
    head = Seal.objects.filter(number=verdict.seals).first()
    return Verification.objects.create(
        at=now,
        cluster=cluster,
        upto=upto,
        head=verdict.seals,
        sha256=head.sha256 if head else "",
        rows=verdict.rows,
        removed=verdict.removed,
        faults=len(verdict.faults),
    )


def verify(*, now: datetime) -> Verdict:
    """How much is sealed and what is wrong with it, as :func:`privacy.seals.verification.verify` would say now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        last = Verification.objects.first()
        if last is not None and _counts(last, now) and (found := _what_still_holds(last, now)):
            return found
    return verification.verify()


def _counts(last: Verification, now: datetime) -> bool:
    """Whether it is recent, found nothing, and its number of a transaction means something here."""
    cluster, upto = sealing.position()
    is_recent = timedelta() <= now - last.at <= COUNTS_FOR
    return is_recent and not last.faults and cluster == last.cluster and upto >= last.upto


def _what_still_holds(last: Verification, now: datetime) -> Verdict | None:
    """The verdict of ``last`` with what was sealed since; ``None`` where anything is not as it was."""
    facts = {"upto": last.upto, "head": last.head, "sha256": last.sha256, "nothing": sealing.NOTHING_BEFORE}
    number, rows, is_chain, heads, rewritten = _ask(SEALS, facts)
    hashes, rewritten_hashes = _ask(HASHES, {**facts, "last": number})
    is_whole = is_chain and hashes == rows and heads == min(last.head, 1) and not _has_strays(number)
    if not is_whole or rewritten or rewritten_hashes or not _are_days_right(facts) or certificates.faults():
        return None
    if number:
        facts |= verification.order_of(Seal.objects.get(number=number))
        if not all(_is_complete(model, facts) for model in sealing.ledgers()):
            return None
    parts = (_seals(last.head + 1, number), _seals(*_turn(last.head, now)))
    if any(verification.altered_under(part) for part in parts if part):
        return None
    return Verdict(rows=hashes, seals=number)


def _has_strays(number: int) -> bool:
    """Whether a hash belongs to no seal. A seal made meanwhile is there with its hashes."""
    its_seal = Seal.objects.filter(number=OuterRef("seal_id"))
    return SealedRow.objects.filter(~Exists(its_seal), seal_id__gt=number).exists()


def _are_days_right(facts: dict[str, Any]) -> bool:
    is_chain, new = _ask(DAYS, facts)
    return bool(is_chain) and all(map(verification.is_as_exported, DailySeal.objects.filter(pk__in=new)))


def _is_complete(model: type[AppendOnlyModel], facts: dict[str, Any]) -> bool:
    """Whether as many rows are there as were sealed, and none was written since that should not have been."""
    return all(
        is_so for question in (COUNTS, WRITTEN) for (is_so,) in verification.ask(model, question, facts)
    )


def _seals(first: int, last: int) -> list[Seal]:
    return list(Seal.objects.filter(number__range=(first, last)).order_by("number"))


def _turn(head: int, now: datetime) -> tuple[int, int]:
    """The first and the last of the old seals that are recomputed at ``now``."""
    part = int(now.timestamp() // TURN.total_seconds()) % TURNS
    return head * part // TURNS + 1, head * (part + 1) // TURNS


def _ask(question: str, facts: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, facts)
        return cursor.fetchone()
