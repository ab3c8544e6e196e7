"""How often each page was seen and which site led there, by day, in numbers that identify nobody.

A number that few browsers make up would tell of them: it is merged into "other sites" of the page, or, if that is
small too, into "other pages" of the day. Who objected is not counted at all. The same
statement counts a day for good, and, for the trends, the days that were not counted yet.

A browser is one that sent its number back on that day. What never does (robots, monitors, browsers that refuse
cookies) gets a new number with each page: its views are no crowd, and are counted apart, as one number for the day.

A day is counted for good soon after it ended, and is marked from then on. Whatever changes what counts on it (a visit
that comes late, an objection, a deletion) removes the mark in the same transaction, and the day is
counted again. While a day is counted, the table of marks is locked against writers: so a mark never stands over
numbers that miss something.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from privacy.datamap.purging import RowSpan
from privacy.visits.counting_models import CountedDay, DailyTotal, RecordingObjection
from privacy.visits.partition_ranges import TABLE

# Below five, somebody who knows the few candidates could tell who it was; statistical offices leave out such cells
# too. Browsers are counted, not views: one busy reader is not a crowd.
SMALLEST_CROWD = 5
OTHER = "*"  # neither a path, which begins with a slash, nor a host
COLUMNS = "at, path, referrer, visitor, has_cookie"  # what counting reads of a visit
DAY_OF = "(at AT TIME ZONE 'UTC')::date"
MARKS = CountedDay._meta.db_table
MERGED = f"""
WITH browsers AS MATERIALIZED (
  SELECT {DAY_OF} AS day, path, referrer, visitor, count(*) AS visits,
    bool_or(bool_or(has_cookie)) OVER (PARTITION BY {DAY_OF}, visitor) AS has_cookie
  FROM {{source}} AS seen
  WHERE NOT EXISTS (SELECT 1 FROM {RecordingObjection._meta.db_table} o WHERE o.visitor = seen.visitor)
  GROUP BY 1, 2, 3, 4
), pairs AS MATERIALIZED (
  SELECT day, path, referrer, count(*) AS crowd, sum(visits) AS visits FROM browsers WHERE has_cookie GROUP BY 1, 2, 3
), rest AS MATERIALIZED (
  SELECT day, path, count(DISTINCT visitor) AS crowd, sum(b.visits) AS visits
  FROM browsers b JOIN pairs p USING (day, path, referrer)
  WHERE b.has_cookie AND p.crowd < %(crowd)s GROUP BY 1, 2
)
SELECT day, path, referrer, true AS has_cookie, visits FROM pairs WHERE crowd >= %(crowd)s
UNION ALL
SELECT day, path, %(other)s, true, visits FROM rest WHERE crowd >= %(crowd)s
UNION ALL
SELECT day, %(other)s, %(other)s, true, sum(visits) FROM rest WHERE crowd < %(crowd)s GROUP BY day
UNION ALL
SELECT day, %(other)s, %(other)s, false, sum(visits) FROM browsers WHERE NOT has_cookie GROUP BY day
"""  # noqa: S608
MARK = f"""
INSERT INTO {MARKS} (day, visits, oldest, newest, is_gone)
SELECT day, count(at), min(at), max(at), false FROM unnest(%(days)s::date[]) AS day LEFT JOIN {{source}} AS seen
ON {DAY_OF} = day GROUP BY day
"""  # noqa: S608
# Those who object do not wait for each other; the ingestion of a file waits for them.
LOCK_OBJECTIONS = f"LOCK TABLE {RecordingObjection._meta.db_table} IN ROW EXCLUSIVE MODE"
UNMARK_DAYS_OF = f"""
DELETE FROM {MARKS} WHERE NOT is_gone
AND day IN (SELECT DISTINCT {DAY_OF} FROM {TABLE} WHERE visitor = ANY (%s::uuid[]))
"""  # noqa: S608


def parameters() -> dict[str, Any]:
    """The parameters of :data:`MERGED`."""
    return {"crowd": SMALLEST_CROWD, "other": OTHER}


def store(days: Collection[date], source: str) -> None:
    """Count ``days`` for good out of ``source`` (SQL), which has all their visits and perhaps others. Idempotent."""
    theirs = f"(SELECT {COLUMNS} FROM {source} WHERE {DAY_OF} = ANY (%(days)s::date[]))"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {MARKS} IN EXCLUSIVE MODE")
        facts = parameters() | {"days": list(days)}
        CountedDay.objects.filter(day__in=days).delete()
        DailyTotal.objects.filter(day__in=days).delete()
        insert = f"INSERT INTO {DailyTotal._meta.db_table} (day, path, referrer, has_cookie, visits) "
        cursor.execute(insert + MERGED.format(source=theirs), facts)
        cursor.execute(MARK.format(source=theirs), facts)


def uncounted(days: Collection[date]) -> set[date]:
    """Those of ``days`` that are to be counted, or counted again."""
    return set(days) - set(CountedDay.objects.filter(day__in=days).values_list("day", flat=True))


def closed_days(days: Collection[date]) -> set[date]:
    """Those of ``days`` whose visits were deleted: no late visit may be added, because their totals are final."""
    return set(CountedDay.objects.filter(day__in=days, is_gone=True).values_list("day", flat=True))


def recount(days: Iterable[date]) -> None:
    """Call it in the transaction that adds visits to ``days``, before it adds them."""
    CountedDay.objects.filter(day__in=days, is_gone=False).delete()


def recount_without(visitors: Iterable[UUID]) -> None:
    """Call it in the transaction in which these browsers stop or begin to count, while their visits are there.

    Until that transaction ends nothing is ingested, and what was being ingested is there.
    """
    if theirs := [str(visitor) for visitor in visitors]:
        with connection.cursor() as cursor:
            cursor.execute(LOCK_OBJECTIONS)
            cursor.execute(UNMARK_DAYS_OF, [theirs])


def visits_of(days: Collection[date]) -> dict[date, RowSpan]:
    """The visits of each of ``days`` that is counted for good and whose visits were not deleted."""
    marks = CountedDay.objects.filter(day__in=days, is_gone=False)
    return {mark.day: RowSpan(mark.visits, mark.oldest, mark.newest) for mark in marks}


def close(days: Collection[date]) -> None:
    """Mark ``days`` as those whose visits are deleted now."""
    CountedDay.objects.filter(day__in=days).update(is_gone=True, oldest=None, newest=None)
