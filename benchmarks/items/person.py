"""One person's visits out of very many: five browsers, six months; warm, and in a connection just made."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from benchmarks import data
from benchmarks.measure import Outcome, Target, in_turn, seconds
from benchmarks.profiles import Profile
from privacy import partitions
from privacy.models import Visit
from privacy.subjects import Subject

COLD, WARM = 500.0, 50.0
DAYS, PLAIN = 180, "bench_person"


def measure(profile: Profile) -> Outcome:
    """Milliseconds of the look-up that the access package makes, beside one table in one piece."""
    now = datetime.now(UTC)
    first = partitions.begin((now - timedelta(days=DAYS)).date())
    data.drop_days()
    data.prepare_days(first, DAYS)
    data.fill(partitions.TABLE, rows=profile.searched, first=first, days=DAYS)
    data.plain_table(PLAIN)
    data.fill(PLAIN, rows=profile.searched, first=first, days=DAYS)
    keys = [UUID(hashlib.md5(str(key).encode()).hexdigest()) for key in range(1, 6)]  # noqa: S324
    subject = Subject(visitors=frozenset(keys))
    found = list(Visit.objects.live(now).about(subject).order_by("at"))

    def warm() -> float:
        return 1e3 * seconds(lambda: list(Visit.objects.live(now).about(subject).order_by("at")))

    def cold() -> float:
        connection.close()
        connection.ensure_connection()
        return warm()

    def plain() -> float:
        question = f"SELECT * FROM {PLAIN} WHERE visitor = ANY(%s::uuid[]) AND at > %s ORDER BY at"
        with connection.cursor() as cursor:
            cursor.execute(question, [list(map(str, keys)), first])
            return 1e3 * seconds(lambda: cursor.execute(question, [list(map(str, keys)), first]))

    sides = {"one table, warm": plain, "by day, warm": warm, "by day, fresh connection": cold}
    lines = in_turn("a person's visits", "ms", sides, rounds=profile.rounds)
    by_side = {line.side: line.median for line in lines}
    is_warm, is_cold = by_side["by day, warm"], by_side["by day, fresh connection"]
    return Outcome(
        lines=lines,
        facts={"visits_found": len(found), "visits": profile.searched},
        targets=[
            Target("a person's visits, warm", f"within {WARM:.0f} ms", f"{is_warm:.0f} ms", is_warm <= WARM),
            Target(
                "a person's visits, fresh connection",
                f"within {COLD:.0f} ms",
                f"{is_cold:.0f} ms",
                is_cold <= COLD,
            ),
        ],
    )
