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

ITEM, BASE, ALL = "promises", "one count of the visits", "all together"
EACH_WITHIN, ALL_WITHIN = 2.0, 10.0
FILED = timedelta(days=300)


def measure(profile: Profile) -> BenchmarkResult:
    """Seconds of each check, and whether all of them could be made."""
    lines: list[Measurement] = []
    now = datetime.now(UTC)
    for visits in profile.sizes(profile.searched):
        share = visits / profile.searched
        _fill(visits, int(profile.applications * share), int(profile.sealed * share), now)
        lines += in_turn(ITEM, "s", _sides(), rounds=profile.rounds, size=visits)
    found = checking.statuses(now=timezone.now())
    broken = [status.promise.key for status in checking.broken(found)]
    by = largest(lines)
    return BenchmarkResult(
        lines=lines,
        bare=by[ITEM, BASE].figures,
        facts={"promises": len(found), "promises_broken": broken},
        targets=[
            *_times(list(by.values())),
            Target("promises broken", "none", ", ".join(broken) or "none", not broken, is_timing=False),
        ],
    )


def _times(lines: list[Measurement]) -> Iterator[Target]:
    together = next(line.median for line in lines if line.side == ALL)
    alone = {line.side: line.median for line in lines if line.side not in (BASE, ALL)}
    slowest = max(alone, key=lambda key: alone[key])
    late = ", ".join(key for key, taken in alone.items() if taken > EACH_WITHIN)
    yield Target(
        "each check by itself",
        f"within {EACH_WITHIN:.0f} s",
        f"{alone[slowest]:.2f} s ({slowest})",
        alone[slowest] <= EACH_WITHIN,
        is_of_size=True,
        why=f"too slow: {late}",
    )
    yield Target(
        "all checks together",
        f"within {ALL_WITHIN:.0f} s",
        f"{together:.2f} s",
        together <= ALL_WITHIN,
        is_of_size=True,
    )


def _sides() -> dict[str, Side]:
    sides: dict[str, Callable[[], object]] = {BASE: partial(data.run, f"SELECT count(*) FROM {TABLE}")}
    sides[ALL] = lambda: checking.check(now=timezone.now())
    sides |= {promise.key: partial(_check, promise) for promise in checking.registry()}
    return {name: partial(seconds, action) for name, action in sides.items()}


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
