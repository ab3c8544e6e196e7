"""One person's visits out of many: five browsers, six months, as the access package queries them.

Warm, on a new connection, and cold: PostgreSQL just restarted, with none of its files in the kernel's page cache. The
size is the number of visits.
"""

from datetime import UTC, datetime

from django.db import connection

from benchmarks import people, testbed
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, largest, seconds
from benchmarks.profiles import Profile
from privacy.visits.models import Visit

COLD, WARM = 500.0, 50.0
ITEM = "a person's visits"
ONE, HOT, FRESH, EMPTIED = (
    "one table, warm",
    "partitions, warm",
    "partitions, fresh connection",
    "partitions, cold",
)
QUESTION = f"SELECT * FROM {people.PLAIN} WHERE visitor = ANY(%s::uuid[]) AND at > %s ORDER BY at"


def measure(profile: Profile) -> BenchmarkResult:
    """Milliseconds of the query, next to an unpartitioned table."""
    now = datetime.now(UTC)
    lines: list[Measurement] = []
    for size in profile.sizes(profile.searched):
        people.fill(size, now=now)
        run = PersonRun(now)
        run.warm()
        sides = {ONE: run.plain, HOT: run.warm, FRESH: run.fresh, EMPTIED: run.cold}
        lines += in_turn(ITEM, "ms", sides, rounds=profile.rounds, size=size)
    by = largest(lines)
    warm, cold = by[ITEM, HOT].median, max(by[ITEM, FRESH].median, by[ITEM, EMPTIED].median)
    return BenchmarkResult(
        lines=lines,
        bare=by[ITEM, ONE].figures,
        facts={"visits_found": run.found, "visits_missing": run.missing(), "visits": profile.searched},
        targets=[
            Target("a person's visits, warm", f"within {WARM:.0f} ms", f"{warm:.0f} ms", warm <= WARM),
            Target("a person's visits, cold", f"within {COLD:.0f} ms", f"{cold:.0f} ms", cold <= COLD),
            Target("visits missing", "0", str(run.missing()), run.missing() == 0, is_timing=False),
        ],
    )


class PersonRun:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.parameters = [list(map(str, people.somebody())), people.first_day(now)]
        self.found = 0

    def plain(self) -> float:
        with connection.cursor() as cursor:
            cursor.execute(QUESTION, self.parameters)
            return 1e3 * seconds(lambda: (cursor.execute(QUESTION, self.parameters), cursor.fetchall()))

    def look(self) -> None:
        self.found = len(
            list(Visit.objects.live(self.now).filter(visitor__in=people.somebody()).order_by("at"))
        )

    def warm(self) -> float:
        return 1e3 * seconds(self.look)

    def fresh(self) -> float:
        connection.close()
        connection.ensure_connection()
        return self.warm()

    def cold(self) -> float:
        connection.close()
        testbed.restart_cold()
        return self.fresh()

    def missing(self) -> int:
        """Compared with the count in the plain table."""
        with connection.cursor() as cursor:
            cursor.execute(QUESTION, self.parameters)
            return abs(cursor.rowcount - self.found)
