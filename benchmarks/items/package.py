"""Collecting one person's package out of many visits: every holding is searched, as for an answer.

Two people get a row in every holding, and one of them five browsers among the visits. The result is compared with
what was created, counted in the tables themselves: nothing missing, nobody else. The size is the number of visits.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection

from benchmarks import data, people
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, largest, seconds
from benchmarks.profiles import Profile
from dsr.package import search
from privacy.audit import trail
from privacy.datamap.registry import holdings
from privacy.datamap.subjects import Subject
from privacy.visits.partition_ranges import TABLE
from tests import holdings as made

BOUND = 2.0
# What a request identifies people by: a session key is known to its browser alone.
FOUND_BY = {"emails", "receipts", "fingerprints", "accounts"}
ITEM = "a person's package"
BY_HAND, WARM, FRESH = "the visits alone, one table", "everything, warm", "everything, fresh connection"
QUESTION = f"SELECT * FROM {people.PLAIN} WHERE visitor = ANY(%s::uuid[]) AND at > %s ORDER BY at"


def measure(profile: Profile) -> BenchmarkResult:
    """Milliseconds, next to a query by hand of the same person's visits in one table."""
    now = datetime.now(UTC)
    lines: list[Measurement] = []
    missing = strange = 0
    # Largest first: the item "person" may have left it.
    for size in reversed(profile.sizes(profile.searched)):
        people.fill(size, now=now)
        run = PackageRun(f"{profile.name}-{size}", now)
        sides = {BY_HAND: run.by_hand, WARM: run.warm, FRESH: run.fresh}
        lines += in_turn(ITEM, "ms", sides, rounds=profile.rounds, size=size)
        missing, strange = missing + run.missing(), strange + run.strange()
    by = largest(lines)
    slowest = max(by[ITEM, side].median for side in (WARM, FRESH)) / 1e3
    return BenchmarkResult(
        lines=sorted(lines, key=lambda line: line.size),
        bare=by[ITEM, BY_HAND].figures,
        facts={"among_visits": profile.searched, "records_missing": missing, "records_of_others": strange},
        targets=[
            Target("collecting a package", f"at most {BOUND:.0f} s", f"{slowest:.2f} s", slowest <= BOUND),
            Target("records missing from it", "0", str(missing), missing == 0, is_timing=False),
            Target("records of somebody else", "0", str(strange), strange == 0, is_timing=False),
        ],
    )


class PackageRun:
    def __init__(self, name: str, now: datetime) -> None:
        self.now = now
        self.subject, self.somebody, self.rows = _made(name, now)
        self.keys = list(map(str, people.somebody()))
        data.run(f"DELETE FROM {people.PLAIN} WHERE visitor = ANY(%s::uuid[])", [self.keys])
        alike = f"SELECT * FROM {TABLE} WHERE visitor = ANY(%s::uuid[])"
        data.run(f"INSERT INTO {people.PLAIN} {alike}", [self.keys])
        self.found = search.collect(self.subject, now=now)

    def by_hand(self) -> float:
        bounds = [self.keys, self.now - timedelta(days=people.DAYS)]
        with connection.cursor() as cursor:
            return 1e3 * seconds(lambda: (cursor.execute(QUESTION, bounds), cursor.fetchall()))

    def warm(self) -> float:
        return 1e3 * seconds(lambda: search.collect(self.subject, now=self.now))

    def fresh(self) -> float:
        connection.close()
        connection.ensure_connection()
        return self.warm()

    def missing(self) -> int:
        """Rows created that are not in the package. Visits are none of a person's: nobody is looked up among them."""
        collected = {part.information.label: {record.key for record in part.records} for part in self.found}
        reachable = {known.label for known in holdings() if FOUND_BY & set(known.data.subject)}
        return sum(len(self.rows[label] - collected[label]) for label in self.rows.keys() & reachable)

    def strange(self) -> int:
        """Lines that contain a word of the other person."""
        words = (self.somebody.canary, self.somebody.email, str(self.somebody.visitor))
        told = [line.shown for part in self.found for record in part.records for line in record.lines]
        return sum(word in text for text in told for word in words)


def _made(name: str, now: datetime) -> tuple[Subject, made.SamplePerson, dict[str, set[str]]]:
    """The subject, the other person, and the keys of the subject's rows, by holding."""
    alice, bob = (made.person(f"{who}-{name}", now - timedelta(days=30)) for who in ("alice", "bob"))
    rows: dict[str, set[str]] = {}
    with trail.acting("system", "benchmark"):
        for who in (alice, bob):
            for label, maker in made.MAKERS.items():
                row = maker(who, now - made.RECENT)
                if who is alice:
                    rows.setdefault(label, set()).add(str(row.pk))
    subject = Subject(
        emails=frozenset({alice.email}),
        receipts=frozenset({alice.receipt}),
        accounts=frozenset({alice.account}),
    )
    return subject, bob, rows
