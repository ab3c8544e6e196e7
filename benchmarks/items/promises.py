"""The checks of all promises, each by itself and all together, next to one count of all visits.

Among many visits, files and rows of sealed ledgers: a tenth of the ledgers' size as files, and ten times it as visits.
Everything was verified before, as each night, and a day's rows were sealed since. By itself a check counts on its own
what it would otherwise share with others. The size is the number of visits.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection
from django.utils import timezone

from benchmarks import applicants, data, ledgers, people
from benchmarks.measure import BenchmarkResult, Measurement, Side, Target, in_turn, largest, seconds
from benchmarks.profiles import Profile
from privacy.audit import trail
from privacy.files.models import StoredFile
from privacy.promises import checking
from privacy.promises.checking import CheckRun, Promise
from privacy.retention import purge
from privacy.seals import recheck
from privacy.visits import counting, recording
from privacy.visits.partition_ranges import TABLE

ITEM, EACH = "promises", "promises, each by itself"
BASE, ALL = "one count of the visits", "all together"
EACH_WITHIN, ALL_WITHIN = 2.0, 10.0
FILED = timedelta(days=300)


def measure(profile: Profile) -> BenchmarkResult:
    """Seconds of each check and of all of them. Invented rows break some promises: the facts name them."""
    lines: list[Measurement] = []
    now = datetime.now(UTC)
    for visits in profile.sizes(profile.searched):
        share = visits / profile.searched
        _fill(visits, int(profile.applications * share), int(profile.sealed * share), now)
        lines += in_turn(ITEM, "s", _timed({ALL: _check_all}), rounds=profile.rounds, size=visits)
    registry = checking.registry()
    alone = _timed({promise.key: partial(_check, promise) for promise in registry})
    rounds = profile.rounds if profile.is_timed else 1
    lines += in_turn(EACH, "s", alone, rounds=rounds, size=profile.searched)
    broken = [status.promise.key for status in checking.broken(checking.statuses(now=timezone.now()))]
    return BenchmarkResult(
        lines=lines,
        bare=[
            figure
            for line in lines
            if (line.size, line.side) == (profile.searched, BASE)
            for figure in line.figures
        ],
        facts={"promises": len(registry), "promises_broken": broken},
        targets=[*_targets(largest(lines))],
    )


def _targets(by: dict[tuple[str, str], Measurement]) -> Iterator[Target]:
    alone = {side: line.median for (item, side), line in by.items() if item == EACH and side != BASE}
    slowest, together = max(alone, key=lambda key: alone[key]), by[ITEM, ALL].median
    late = [key for key, taken in alone.items() if taken > EACH_WITHIN]
    yield Target(
        "each check by itself",
        f"within {EACH_WITHIN:.0f} s",
        f"{alone[slowest]:.2f} s ({slowest})",
        not late,
        is_of_size=True,
        why=f"too slow: {', '.join(late)}",
    )
    is_met = together <= ALL_WITHIN
    yield Target(
        "all checks together", f"within {ALL_WITHIN:.0f} s", f"{together:.2f} s", is_met, is_of_size=True
    )


def _timed(actions: dict[str, Callable[[], object]]) -> dict[str, Side]:
    """Beside one count of the visits, which PostgreSQL takes from an index."""
    count = partial(data.run, f"SELECT count(*) FROM {TABLE}")
    return {name: partial(seconds, action) for name, action in {BASE: count, **actions}.items()}


def _check_all() -> None:
    checking.check(now=timezone.now())


def _check(promise: Promise) -> None:
    promise.check(CheckRun(timezone.now()))


def _fill(visits: int, files: int, rows: int, now: datetime) -> None:
    """A site as it is on some day: verified in the night, purged in the hour."""
    applicants.add("Kept", files - StoredFile.objects.count(), at=now - FILED)
    ledgers.fill(rows, now=now)
    data.fill_days(rows=visits, first=people.first_day(now), days=people.DAYS)
    counting.count_finished(now=now)
    recording.prepare_partitions(now=now)
    with trail.acting("system", "benchmark"):
        purge.run(now=timezone.now())
    recheck.verify_everything(now=timezone.now())
    ledgers.add_a_day(rows, now=now)
    data.run("VACUUM (ANALYZE)")
    connection.close()
