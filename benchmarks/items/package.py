"""Collecting one person's package out of very many visits: every holding searched, as when an answer is made.

Somebody and somebody else get a row in every holding, and somebody five browsers among the millions of visits. What is
collected is held against what was made, counted from the tables themselves: nothing missing, nobody else.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from benchmarks import data
from benchmarks.measure import Outcome, Target, in_turn, seconds
from benchmarks.profiles import Profile
from dsr import sections
from dsr.findings import Section
from privacy import audit, partitions
from privacy.datamap import holdings
from privacy.models import Visit
from privacy.subjects import Subject
from tests import holdings as made

BOUND = 2.0
DAYS, PLAIN, BROWSERS = 180, "bench_package", 5
# What a request can find people by: a session's key is known to its browser alone.
FOUND_BY = {"emails", "visitors", "fingerprints", "accounts"}


def measure(profile: Profile) -> Outcome:
    """Milliseconds of collecting, beside the same person's visits in one table, asked for by hand."""
    now = datetime.now(UTC)
    _fill(profile, now)
    subject, somebody, rows = _made(profile, now)
    _copy_to_one_table()
    keys = list(map(str, subject.visitors))
    question = f"SELECT * FROM {PLAIN} WHERE visitor = ANY(%s::uuid[]) AND at > %s ORDER BY at"

    def by_hand() -> float:
        with connection.cursor() as cursor:
            return 1e3 * seconds(lambda: cursor.execute(question, [keys, now - timedelta(days=DAYS)]))

    def warm() -> float:
        return 1e3 * seconds(lambda: sections.collect(subject, now=now))

    def cold() -> float:
        connection.close()
        connection.ensure_connection()
        return warm()

    found = sections.collect(subject, now=now)
    sides = {
        "the visits alone, one table": by_hand,
        "everything, warm": warm,
        "everything, fresh connection": cold,
    }
    lines = in_turn("a person's package", "ms", sides, rounds=profile.rounds)
    slowest = max(figure for line in lines[1:] for figure in line.figures) / 1e3
    missing, strange = _missing(found, rows, keys), _strange(found, somebody)
    return Outcome(
        lines=lines,
        bare=lines[0].figures,
        facts={"collected": sum(len(each.records) for each in found), "among_visits": profile.searched},
        targets=[
            Target("collecting a package", f"at most {BOUND:.0f} s", f"{slowest:.2f} s", slowest <= BOUND),
            Target("records missing from it", "0", str(missing), missing == 0, is_timing=False),
            Target("records of somebody else", "0", str(strange), strange == 0, is_timing=False),
        ],
    )


def _made(profile: Profile, now: datetime) -> tuple[Subject, made.Person, dict[str, set[str]]]:
    """Who is looked for, who else is there, and the keys of the rows that were made, by holding."""
    people = [made.person(f"{name}-{profile.name}", now - timedelta(days=30)) for name in ("alice", "bob")]
    alice, bob = people
    rows: dict[str, set[str]] = {}
    with audit.acting("system", "benchmark"):
        for who in people:
            for label, maker in made.MAKERS.items():
                row = maker(who, now - made.RECENT)
                if who is alice:
                    rows.setdefault(label, set()).add(str(row.pk))
    crowd = frozenset(UUID(hashlib.md5(str(key).encode()).hexdigest()) for key in range(1, BROWSERS + 1))  # noqa: S324
    subject = Subject(
        emails=frozenset({alice.email}),
        visitors=crowd | {alice.visitor},
        accounts=frozenset({alice.account}),
    )
    return subject, bob, rows


def _fill(profile: Profile, now: datetime) -> None:
    first = partitions.begin((now - timedelta(days=DAYS)).date())
    data.drop_days()
    data.prepare_days(first, DAYS)
    data.fill(partitions.TABLE, rows=profile.searched, first=first, days=DAYS)


def _copy_to_one_table() -> None:
    data.plain_table(PLAIN)
    data.run(f"INSERT INTO {PLAIN} SELECT * FROM {partitions.TABLE}")
    data.run(f"ANALYZE {PLAIN}")


def _missing(found: list[Section], rows: dict[str, set[str]], keys: list[str]) -> int:
    """How many of the rows that were made, and of the visits that one table counts, are not in it."""
    collected = {section.told.label: {record.key for record in section.records} for section in found}
    reachable = {known.label for known in holdings() if FOUND_BY & set(known.data.subject)}
    lost = sum(len(rows[label] - collected[label]) for label in rows.keys() & reachable)
    visits = int(data.run(f"SELECT count(*) FROM {PLAIN} WHERE visitor = ANY(%s::uuid[])", [keys]))
    return lost + abs(visits - len(collected[Visit._meta.label_lower]))


def _strange(found: list[Section], somebody: made.Person) -> int:
    """How many records hold a word of somebody else."""
    words = (somebody.canary, somebody.email, str(somebody.visitor))
    told = [line.shown for section in found for record in section.records for line in record.lines]
    return sum(word in text for text in told for word in words)
