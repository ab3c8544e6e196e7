"""Purging half of a year of visits: dropping partitions, next to what an unpartitioned table allows.

Each side starts with a table that was just filled and checkpointed. Meanwhile visits are inserted one after the other
and timed; the write-ahead log is that of the purge and of those inserts. At the end the purge runs while a reader's
transaction stays open. Daily totals were counted before, as in production, and their time is noted separately. A
purge is so short that few inserts fall into it: the 99th percentile is over the inserts of all rounds together, or it
would be the slowest of each round. The size is the number of visits, half of them due.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from django.db import connection, models

from benchmarks import background_load, data
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, largest, percentile, seconds
from benchmarks.profiles import Profile
from privacy.visits import counting, partitions
from privacy.visits.partition_ranges import TABLE, begin

FASTER, LESS_LOG, BACK, SLOWER_INSERTS, STALL = 8, 100, 0.95, 3, 0.1
OURS, THEIRS = "partitions dropped", "DELETE, VACUUM"
YEAR, BATCH = 365, 10_000
PLAIN = "bench_visit"
QUIET_SECONDS, MANY = (0.5, 1.0), 1_000_000
LOG, DISK, QUIET, COUNTED = "log MB", "disk back", "inserts median ms before", "days counted beforehand, s"
BEFORE, DURING = "inserts p99 ms before", "inserts p99 ms"
FACTS = (COUNTED, LOG, DISK, QUIET, BEFORE, DURING)
WHY_TIME = (
    "detaching a partition costs the same, whatever it holds: two transactions and a wait for readers. A DELETE costs"
    " by the row. With few rows the DELETE is faster; with many it is not."
)
WHY_LOG = (
    "dropping a partition writes the same few log records, whatever it holds; a DELETE writes by the row. The inserts"
    " in the background are counted too, for each side as long as it takes."
)


class PlainVisit(models.Model):
    """The plain table for Django's ORM."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = PLAIN


def measure(profile: Profile) -> BenchmarkResult:
    """Time, log, disk space and the waiting time of inserts, for each way, on the same visits."""
    now = datetime.now(UTC)
    lines: list[Measurement] = []
    for size in profile.sizes(profile.purged):
        run = PurgeTrial(size, now)
        lines += in_turn("purge", "s", run.sides(), rounds=profile.rounds, size=size)
        lines += run.noted()
    stall = run.stall(profile.reader_seconds)
    by = largest(lines)
    bare = by[f"purge, {QUIET}", THEIRS].figures
    return BenchmarkResult(
        lines=lines, bare=bare, targets=_targets(by, stall), facts={"stall_seconds": stall}
    )


def _targets(by: dict[tuple[str, str], Measurement], stall: float) -> list[Target]:
    faster = by["purge", THEIRS].median / by["purge", OURS].median
    less = by[f"purge, {LOG}", THEIRS].median / max(by[f"purge, {LOG}", OURS].median, 0.001)
    back = by[f"purge, {DISK}", OURS].median
    slower = by[f"purge, {DURING}", OURS].median / by[f"purge, {BEFORE}", OURS].median
    return [
        Target(
            "purge against DELETE and VACUUM",
            f"{FASTER} times faster",
            f"{faster:.1f}",
            faster >= FASTER,
            is_of_size=True,
            why=WHY_TIME,
        ),
        Target(
            "log written",
            f"{LESS_LOG} times less",
            f"{less:.0f}",
            less >= LESS_LOG,
            is_timing=False,
            is_of_size=True,
            why=WHY_LOG,
        ),
        Target("disk given back", f"{BACK:.0%}", f"{back:.1%}", back >= BACK, is_timing=False),
        Target(
            "concurrent inserts, 99th percentile, against before",
            f"at most {SLOWER_INSERTS}",
            f"{slower:.1f}",
            slower <= SLOWER_INSERTS,
        ),
        Target("worst stall with a reader open", f"at most {STALL} s", f"{stall:.3f} s", stall <= STALL),
    ]


class PurgeTrial:
    def __init__(self, rows: int, now: datetime) -> None:
        self.rows, self.now, self.cut = rows, now, now
        self.first = begin((now - timedelta(days=YEAR)).date())
        self.facts: dict[tuple[str, str], list[float]] = {}
        self.waited: dict[tuple[str, str], list[float]] = {}  # seconds of each insert of all rounds

    def sides(self) -> dict[str, Callable[[], float]]:
        actions: dict[str, tuple[str, Callable[[], object]]] = {
            OURS: (TABLE, self.drop_partitions),
            THEIRS: (PLAIN, self.delete),
            "DELETE in batches, VACUUM": (PLAIN, self.delete_in_batches),
            "ORM delete, VACUUM": (PLAIN, self.delete_by_orm),
        }
        return {name: partial(self.of, name, *action) for name, action in actions.items()}

    def of(self, name: str, table: str, action: Callable[[], object]) -> float:
        """Fill `table`, insert in the background, purge. Returns the seconds of the purge and notes the rest."""
        self.fill(table)
        due = self.due_bytes(table)
        with background_load.inserting(table, self.now) as taken:
            data.run("SELECT pg_sleep(%s)", [QUIET_SECONDS[self.rows >= MANY]])
            before, log, quiet = data.size(table), data.wal(), len(taken)
            took = seconds(action)
            log = data.wal() - log
            during = taken[quiet:] or taken[-1:]
        self.note(name, LOG, log / 1e6)
        self.note(name, DISK, (before - data.size(table)) / due)
        self.note(name, QUIET, percentile(taken[:quiet], 0.5) * 1e3)
        self.waited.setdefault((BEFORE, name), []).extend(taken[:quiet])
        self.waited.setdefault((DURING, name), []).extend(during)
        left = self.due(table)
        assert left == 0, f"{name} left {left} visits that were due"
        return took

    def note(self, side: str, fact: str, value: float) -> None:
        self.facts.setdefault((fact, side), []).append(value)

    def noted(self) -> list[Measurement]:
        """The facts noted, each compared with that of dropping partitions."""
        waited = {each: [percentile(taken, 0.99) * 1e3] for each, taken in self.waited.items()}
        facts = self.facts | waited
        return [
            Measurement(f"purge, {fact}", side, "", values, median(facts[fact, OURS]), self.rows)
            for (fact, side), values in sorted(facts.items(), key=lambda each: FACTS.index(each[0][0]))
        ]

    def fill(self, table: str) -> None:
        if table == PLAIN:
            data.fill_plain(PLAIN, rows=self.rows, first=self.first, days=YEAR)
        else:
            data.fill_days(rows=self.rows, first=self.first, days=YEAR)
            self.cut = begin(partitions.due_before(self.now))  # the same cut for the sides that come after
            counted = self.cut + counting.SETTLES
            self.note(OURS, COUNTED, seconds(lambda: counting.count_finished(now=counted)))
        data.run("CHECKPOINT")

    def due_bytes(self, table: str) -> float:
        """Bytes of the due visits: their partitions, or their share of an unpartitioned table."""
        if table == TABLE:
            going = [span for span in partitions.attached() if begin(span.end) <= self.cut]
            return float(sum(data.size(span.name) for span in going))
        return data.size(table) * self.due(table) / self.rows

    def due(self, table: str) -> int:
        return int(data.run(f"SELECT count(*) FROM {table} WHERE at < %s", [self.cut]))

    def drop_partitions(self) -> None:
        assert data.drop_due(self.now) == []

    def delete(self) -> None:
        data.run(f"DELETE FROM {PLAIN} WHERE at < %s", [self.cut])
        data.run(f"VACUUM {PLAIN}")

    def delete_in_batches(self) -> None:
        some = f"DELETE FROM {PLAIN} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {PLAIN} WHERE at < %s LIMIT {BATCH}))"
        with connection.cursor() as cursor:
            cursor.execute(some, [self.cut])
            while cursor.rowcount:
                cursor.execute(some, [self.cut])
        data.run(f"VACUUM {PLAIN}")

    def delete_by_orm(self) -> None:
        PlainVisit.objects.filter(at__lt=self.cut).delete()
        data.run(f"VACUUM {PLAIN}")

    def stall(self, reader_seconds: float) -> float:
        """The longest wait of an insert while a reader kept the purge waiting."""
        self.fill(TABLE)
        with (
            background_load.inserting(TABLE, self.now) as taken,
            background_load.reading(TABLE, reader_seconds),
        ):
            data.drop_due(self.now)
        return max(taken)
