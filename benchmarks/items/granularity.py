"""Partitions by day, week and month: a person's visits, a drain, and the purge of due visits with each.

One granularity after the other, since each needs a table of its own; at most a million visits and a drain of 50,000.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection

from benchmarks import data
from benchmarks.measure import BenchmarkResult, Measurement, seconds
from benchmarks.profiles import Profile
from privacy.visits import counting, ingestion, partitions
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import Granularity, begin

DAYS, DUE_DAYS, MOST, DRAINED = 180, 31, 1_000_000, 50_000
KEYS = [UUID(hashlib.md5(str(key).encode()).hexdigest()) for key in range(1, 6)]  # noqa: S324


def measure(profile: Profile) -> BenchmarkResult:
    """Milliseconds. The purge deletes a month of visits: one, some or many partitions."""
    now, facts, figures = datetime.now(UTC), {}, {}
    for granularity in Granularity:
        _fill(granularity, now, min(profile.searched, MOST))
        facts[f"partitions by the {granularity}"] = len(partitions.attached())
        figures |= {
            f"a person's visits, warm: {granularity}": _times(lambda: _look_up(now), profile.rounds * 3),
            f"a person's visits, fresh connection: {granularity}": _times(
                lambda: _look_up(now), profile.rounds, before=_connect
            ),
            f"drain: {granularity}": _times(
                lambda: _drain(now, min(profile.drained, DRAINED)), profile.rounds
            ),
        }
        later = now.replace(hour=0) + timedelta(days=DUE_DAYS)
        counting.count_finished(now=later)
        log = data.wal()
        figures[f"purge of a month: {granularity}"] = [1e3 * _purge(later)]
        facts[f"log of that purge, KB, by the {granularity}"] = round((data.wal() - log) / 1e3)
    base = next(iter(figures.values()))
    lines = [Measurement("granularity", side, "ms", taken, min(base)) for side, taken in figures.items()]
    return BenchmarkResult(lines=lines, bare=base, facts=facts)


def _fill(granularity: Granularity, now: datetime, rows: int) -> None:
    first = begin((now - timedelta(days=DAYS)).date())
    data.fill_days(rows=rows, first=first, days=DAYS, granularity=granularity)
    data.run("CHECKPOINT")


def _times(action: object, rounds: int, before: object = None) -> list[float]:
    taken = []
    for _round in range(rounds):
        if callable(before):
            before()
        assert callable(action)
        taken.append(1e3 * seconds(action))
    return taken


def _connect() -> None:
    connection.close()
    connection.ensure_connection()


def _look_up(now: datetime) -> None:
    list(Visit.objects.live(now).filter(visitor__in=KEYS).order_by("at"))


def _drain(now: datetime, count: int) -> None:
    lines = [
        "\t".join((now.isoformat(), str(uuid4().int >> 65), str(uuid4()), "t", "/", "", "en")).encode()
        for _line in range(count)
    ]
    ingestion.load(lines, now - timedelta(days=1))


def _purge(later: datetime) -> float:
    return seconds(lambda: data.drop_due(later))
