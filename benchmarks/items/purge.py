"""Purging half a year out of a year of visits: whole days against the ways that a table in one piece allows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, models

from benchmarks import crowd, data
from benchmarks.measure import Line, Outcome, Target, in_turn, percentile, seconds
from benchmarks.profiles import Profile
from privacy import partitions

FASTER, LESS_LOG, BACK, SLOWER_INSERTS, STALL = 8, 100, 0.95, 3, 0.1
YEAR, BATCH = 365, 10_000
PLAIN = "bench_visit"
QUIET_SECONDS = 0.5


class PlainVisit(models.Model):
    """The plain table as Django's ORM sees it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = PLAIN


def measure(profile: Profile) -> Outcome:
    """Time, log, disk and what others waited, for each way, on the same visits."""
    now = datetime.now(UTC)
    run = _Run(profile, now)
    sides = {
        "days dropped": lambda: run.of(partitions.TABLE, run.drop_days),
        "DELETE, VACUUM": lambda: run.of(PLAIN, run.delete),
        "DELETE in batches, VACUUM": lambda: run.of(PLAIN, run.delete_in_batches),
        "ORM delete, VACUUM": lambda: run.of(PLAIN, run.delete_by_orm),
    }
    lines = in_turn("purge", "s", sides, rounds=1 if profile.purged > 1_000_000 else profile.rounds)
    kept: dict[str, list[float]] = run.facts
    for fact in ("log MB", "disk back", "inserts p99 ms before", "inserts p99 ms"):
        base = percentile(kept[f"days dropped: {fact}"], 0.5)
        lines += [Line(f"purge, {fact}", side, "", kept[f"{side}: {fact}"], base) for side in sides]
    stall = run.stall()
    return Outcome(lines=lines, targets=_targets(lines, stall), facts={"stall_seconds": stall})


def _targets(lines: list[Line], stall: float) -> list[Target]:
    figure = {(line.item, line.side): line.median for line in lines}
    ours, theirs = "days dropped", "DELETE, VACUUM"
    faster = figure["purge", theirs] / figure["purge", ours]
    less = figure["purge, log MB", theirs] / max(figure["purge, log MB", ours], 0.001)
    back = figure["purge, disk back", ours]
    slower = figure["purge, inserts p99 ms", ours] / figure["purge, inserts p99 ms before", ours]
    return [
        Target(
            "purge against DELETE and VACUUM",
            f"{FASTER} times faster",
            f"{faster:.1f}",
            faster >= FASTER,
            is_of_size=True,
        ),
        Target(
            "log written",
            f"{LESS_LOG} times less",
            f"{less:.0f}",
            less >= LESS_LOG,
            is_timing=False,
            is_of_size=True,
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


class _Run:
    def __init__(self, profile: Profile, now: datetime) -> None:
        self.profile, self.now, self.cut = profile, now, partitions.begin(partitions.first_kept(now))
        self.first = partitions.begin((now - timedelta(days=YEAR)).date())
        self.facts: dict[str, list[float]] = {}
        self.names = {"drop_days": "days dropped", "delete": "DELETE, VACUUM"}
        self.names |= {
            "delete_in_batches": "DELETE in batches, VACUUM",
            "delete_by_orm": "ORM delete, VACUUM",
        }

    def of(self, table: str, deed: Callable[[], object]) -> float:
        """Fill ``table``, have somebody insert, purge; note everything and return the seconds."""
        self.fill(table)
        before, due = data.size(table), self.due(table)
        total = int(data.run(f"SELECT count(*) FROM {table}"))
        with crowd.inserting(table, self.now) as taken:
            data.run("SELECT pg_sleep(%s)", [QUIET_SECONDS])
            quiet, log = len(taken), data.wal()
            took = seconds(deed)
            log = data.wal() - log
            during = taken[quiet:] or taken[-1:]
        back = (before - data.size(table)) / (before * due / total)
        name = self.names[deed.__name__]
        self.note(name, "log MB", log / 1e6)
        self.note(name, "disk back", back)
        self.note(name, "inserts p99 ms before", percentile(taken[:quiet], 0.99) * 1e3)
        self.note(name, "inserts p99 ms", percentile(during, 0.99) * 1e3)
        left = self.due(table)
        assert left == 0, f"{name} left {left} visits that were due"
        return took

    def note(self, side: str, fact: str, value: float) -> None:
        self.facts.setdefault(f"{side}: {fact}", []).append(value)

    def fill(self, table: str) -> None:
        data.drop_days()
        data.run("TRUNCATE privacy_dailytotal")
        if table == PLAIN:
            data.plain_table(PLAIN)
        else:
            data.prepare_days(self.first, YEAR)
        data.fill(table, rows=self.profile.purged, first=self.first, days=YEAR)
        data.run("CHECKPOINT")

    def due(self, table: str) -> int:
        return int(data.run(f"SELECT count(*) FROM {table} WHERE at < %s", [self.cut]))

    def drop_days(self) -> None:
        assert partitions.drop_due(now=self.now, certify=lambda gone: None) == []

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

    def stall(self) -> float:
        """The longest that an insert waited while a reader kept a purge waiting."""
        self.fill(partitions.TABLE)
        with (
            crowd.inserting(partitions.TABLE, self.now) as taken,
            crowd.reading(partitions.TABLE, self.profile.reader_seconds),
        ):
            partitions.drop_due(now=self.now, certify=lambda gone: None)
        return max(taken)
