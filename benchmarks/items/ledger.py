"""The audit ledger with eight writers while it is sealed every second, next to plain inserts of the same rows.

Sealing runs in a process of its own. A round ends when its last entry is sealed, after the writers have finished. One
side writes the ledger while sealing is locked out: that is what its columns, triggers and index cost a writer. CPU time
is that of all processes: writers, PostgreSQL and the worker. The size is the number of entries of a round.
"""

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg2
from django.db import connection

from benchmarks import data, web
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn
from benchmarks.profiles import Profile
from privacy.audit.models import AuditEntry
from privacy.seals import sealing
from privacy.seals.models import SealedRow

WANTED, WRITERS = 0.9, 8
PLAIN, LEDGER = "bench_entry", "privacy_auditentry"
BARE, ALONE, SEALED = "plain inserts", "ledger, nobody seals", "ledger, sealed every second"
RATE, USED = "ledger", "ledger, processor of all processes"
WHY = (
    "no writer waits for a seal, but each row gets two numbers for it: {written:.0f} us more processor time, so that"
    " without sealing the ledger reaches {alone:.2f} of the plain inserts. The rest, down to {sealed:.2f}, is what"
    " hashing each row takes ({hashed:.0f} us), on the same processors that eight writers keep busy without a pause."
    " Here it seals every second, in production every thirty"
)
INSERT = (
    "INSERT INTO {table} (at, actor, source, action, kind, key, about, detail)"
    " VALUES (now(), 'system', 'bench', 'bench.entry.made', '', '', '', '{{}}')"
)
WAITING = f"""
SELECT EXISTS (SELECT FROM {LEDGER}
WHERE ledger_xid >= coalesce((SELECT upto FROM privacy_seal ORDER BY number DESC LIMIT 1), 0))
"""


def measure(profile: Profile) -> BenchmarkResult:
    """Entries per second, CPU time, and how many entries were left without a seal."""
    _make_plain()
    lines: list[Measurement] = []
    for size in profile.sizes(profile.entries):
        run = LedgerRun(max(1, size // WRITERS))
        sides = {BARE: run.plain, ALONE: run.alone, SEALED: run.sealed}
        with web.working("seal"):
            lines += in_turn(RATE, "entries/s", sides, rounds=profile.rounds, size=size)
    base = statistics.median(run.used[BARE])
    used = [Measurement(USED, side, "us/entry", figures, base) for side, figures in run.used.items()]
    rows = AuditEntry.objects.count()
    bare = rows - SealedRow.objects.filter(ledger="privacy.auditentry").count()
    plain, alone, sealed = lines[-3:]
    ratio = sealed.ratio
    cheap, dearer, dearest = (line.median for line in used)
    why = WHY.format(alone=alone.ratio, sealed=ratio, written=dearer - cheap, hashed=dearest - dearer)
    wanted = f"at least {WANTED}"
    return BenchmarkResult(
        lines=lines + used,
        bare=plain.figures,
        facts={"entries": rows, "unsealed": bare},
        targets=[
            Target("ledger against plain inserts", wanted, f"{ratio:.2f}", ratio >= WANTED, why=why),
            Target("entries without a seal", "0", str(bare), bare == 0, is_timing=False),
        ],
    )


@dataclass
class LedgerRun:
    """Rounds of `each` entries by each writer, and the CPU time of an entry on each side."""

    each: int
    used: dict[str, list[float]] = field(default_factory=dict)

    def plain(self) -> float:
        return self._rate(BARE, PLAIN)

    def alone(self) -> float:
        """The ledger while the lock of sealing is taken."""
        with _connected(1) as (other,):
            other.cursor().execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
            rate = self._rate(ALONE, LEDGER)
        _seal_the_rest()  # so that the next round does not pay for it
        return rate

    def sealed(self) -> float:
        return self._rate(SEALED, LEDGER)

    def _rate(self, side: str, table: str) -> float:
        """Entries per second. The CPU time of each is noted in `used`."""
        data.run("CHECKPOINT")
        with _connected(WRITERS) as writing:
            used, began = web.cpu_of(os.getpid()), time.perf_counter()
            _write_all(writing, partial(_write, table, self.each))
            if side == SEALED:
                _seal_the_rest()
            took = time.perf_counter() - began
            each = (web.cpu_of(os.getpid()) - used) / (WRITERS * self.each) * 1e6
        self.used.setdefault(side, []).append(each)
        return WRITERS * self.each / took


def _make_plain() -> None:
    data.run(f"DROP TABLE IF EXISTS {PLAIN}")
    data.run(f"CREATE TABLE {PLAIN} (LIKE {LEDGER} INCLUDING ALL)")
    data.run(f"ALTER TABLE {PLAIN} DROP COLUMN ledger_xid, DROP COLUMN ledger_salt")


@contextlib.contextmanager
def _connected(count: int) -> Iterator[list[Any]]:
    """Open throughout, since the CPU time of a backend is known only while it lives."""
    with contextlib.ExitStack() as stack:
        made = [psycopg2.connect(**connection.get_connection_params()) for _each in range(count)]
        for each in made:
            stack.enter_context(contextlib.closing(each))
            each.autocommit = True
        yield made


def _write_all(writing: list[Any], write: Any) -> None:
    threads = [threading.Thread(target=write, args=(own,)) for own in writing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _write(table: str, count: int, own: Any) -> None:
    cursor = own.cursor()
    for _entry in range(count):
        cursor.execute(INSERT.format(table=table))


def _seal_the_rest() -> None:
    """Until nothing is unsealed, after the worker's current seal."""
    data.run("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
    while data.run(WAITING):
        sealing.seal(now=datetime.now(UTC))
    data.run("SELECT pg_advisory_unlock(%s)", [sealing.LOCK])
