"""The audit ledger with eight writers while it is sealed every second, beside plain inserts of the same rows.

The worker that seals is a process of its own. One side writes the ledger while nobody may seal: that is what its
columns, its triggers and its index cost a writer. Its size is the number of entries of a round.
"""

import contextlib
import threading
from datetime import UTC, datetime
from functools import partial

import psycopg2
from django.db import connection

from benchmarks import data, web
from benchmarks.measure import Line, Outcome, Target, in_turn, seconds
from benchmarks.profiles import Profile
from privacy import seals
from privacy.models import AuditEntry, SealedRow

WANTED, WRITERS = 0.9, 8
PLAIN = "bench_entry"
WHY = (
    "nobody who writes waits for a seal: while no sealer is at work the ledger takes {alone:.2f} of the plain"
    " inserts. From there to {sealed:.2f} is what the sealer uses to hash each row, on the same processors that eight"
    " writers keep busy without a pause. It seals every second here, and every thirty at work"
)
INSERT = (
    "INSERT INTO {table} (at, actor, gesture, verb, kind, key, about, detail)"
    " VALUES (now(), 'system', 'bench', 'bench.entry.made', '', '', '', '{{}}')"
)


def measure(profile: Profile) -> Outcome:
    """Entries per second of both, and how many were left without a seal."""
    data.run(f"DROP TABLE IF EXISTS {PLAIN}")
    data.run(f"CREATE TABLE {PLAIN} (LIKE privacy_auditentry INCLUDING ALL)")
    data.run(f"ALTER TABLE {PLAIN} DROP COLUMN ledger_xid, DROP COLUMN ledger_salt")
    lines: list[Line] = []
    for size in profile.sizes(profile.entries):
        each = max(1, size // WRITERS)
        sides = {
            "plain inserts": partial(_rate, PLAIN, each),
            "ledger, nobody seals": partial(_unsealed_rate, each),
            "ledger, sealed every second": partial(_sealed_rate, each),
        }
        with web.working("seal"):
            lines += in_turn("ledger", "entries/s", sides, rounds=profile.rounds, size=size)
    _seal_the_rest()
    rows = AuditEntry.objects.count()
    bare = rows - SealedRow.objects.filter(ledger="privacy.auditentry").count()
    plain, alone, sealed = lines[-3:]
    ratio = sealed.ratio
    why = WHY.format(alone=alone.ratio, sealed=ratio)
    wanted = f"at least {WANTED}"
    return Outcome(
        lines=lines,
        bare=plain.figures,
        facts={"entries": rows, "unsealed": bare},
        targets=[
            Target("ledger against plain inserts", wanted, f"{ratio:.2f}", ratio >= WANTED, why=why),
            Target("entries without a seal", "0", str(bare), bare == 0, is_timing=False),
        ],
    )


def _rate(table: str, each: int) -> float:
    writers = [threading.Thread(target=_write, args=(table, each)) for _writer in range(WRITERS)]

    def write() -> None:
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    return WRITERS * each / seconds(write)


def _sealed_rate(each: int) -> float:
    rate = _rate("privacy_auditentry", each)
    _seal_the_rest()  # lest it be sealed at the cost of the next round
    return rate


def _unsealed_rate(each: int) -> float:
    """The same while the lock of the sealers is taken."""
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        other.autocommit = True
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [seals.LOCK])
        rate = _rate("privacy_auditentry", each)
    _seal_the_rest()
    return rate


def _seal_the_rest() -> None:
    while seals.seal(now=datetime.now(UTC)):
        pass


def _write(table: str, count: int) -> None:
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as own:
        own.autocommit = True
        cursor = own.cursor()
        for _entry in range(count):
            cursor.execute(INSERT.format(table=table))
