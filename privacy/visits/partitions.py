"""The partitions of the table of visits: days, weeks or months (UTC), made ahead, dropped whole when they are over.

Only the owner of the database may do so. The application calls functions of the owner's, which make partitions of
whole days and let go what is due (:mod:`privacy.database.functions`). A partition goes when its earliest visit may be
past its period, so its last visits go earlier than they must: those of a week up to seven days, and up to ten where
the months in which their periods end differ in length (26 February and 4 March end on 26 August and 4 September). It
is detached first: that waits a moment for whoever reads or writes visits, and gives up before anybody has to wait for
it for long. DETACH CONCURRENTLY would wait for nobody, but no function can call it. Only then, as a table that nobody
else can reach, it is dropped. Its days were counted long before; one that was not is counted now, in the same
transaction. A crash leaves it not dropped: the next run finds it.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import sleep
from typing import Any

from django.conf import settings
from django.db import Error, OperationalError, ProgrammingError, connection, transaction
from psycopg2.errors import LockNotAvailable, UndefinedTable

from privacy.datamap.periods import CALENDAR, is_over_sql
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.visits import daily_totals, partition_ranges
from privacy.visits.counting_models import PERIOD
from privacy.visits.partition_ranges import DAY, TABLE, Granularity, PartitionRange, begin

AHEAD = timedelta(days=14)
SUMMER_TIME = timedelta(hours=1)
LOCK_TIMEOUT = "2s"
DETACH_TIMEOUT = (
    "100ms"  # so long everybody waits who reads or writes visits, while somebody reads for longer
)
PAUSES = (0.1, 0.2, 0.4)  # seconds between tries
# Dropped in one transaction: more would need more locks than PostgreSQL has room for by default.
TOGETHER = 31
ADVISORY_LOCK = 0x76697369  # "visi": any number that nothing else here uses
log = logging.getLogger(__name__)

ATTACHED = f"""
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = '{TABLE}'::regclass AND i.inhdetachpending = %s
"""  # noqa: S608
DETACHED = f"""
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '{TABLE}'::regclass)
  AND c.relname ~ '^{TABLE}_[0-9]{{8}}(_[0-9]{{8}})?$' AND NOT c.relispartition
"""  # noqa: S608


@dataclass(frozen=True)
class DroppedDays:
    """The days that were dropped together, and their visits: those past their period, and those that were not."""

    days: list[date]
    expired: RowSpan
    early: RowSpan

    @property
    def count(self) -> int:
        return self.expired.count + self.early.count


def is_due(day: date, now: datetime) -> bool:
    """Whether a visit possible on ``day`` (UTC) is past its period at ``now``.

    Mostly the earliest is first. But at the end of a month the Paris day that begins before this one ends may, in a
    month that has no such day, end earlier: 31 October at 00:30 before 30 October at 12:00.
    """
    midnight = datetime.combine(day + DAY, time(), CALENDAR)
    return PERIOD.is_over(begin(day), now) or PERIOD.is_over(midnight, now)


def are_over(visits: RowSpan, now: datetime) -> bool | None:
    """Whether all visits of one day (UTC) are past their period, or none; ``None`` where that cannot be told.

    Within a day in Paris periods end in the order in which they began, but for the hours that summer time moves.
    """
    if visits.oldest is None or visits.newest is None:
        return False
    midnight = datetime.combine(visits.oldest.astimezone(UTC).date() + DAY, time(), CALENDAR)
    turns = (
        [midnight - timedelta(microseconds=1), midnight] if visits.oldest < midnight <= visits.newest else []
    )
    ends = [PERIOD.after(at) for at in (visits.oldest, *turns, visits.newest)]
    if max(ends) <= now - SUMMER_TIME:
        return True
    return False if min(ends) > now + SUMMER_TIME else None


def first_kept(now: datetime) -> date:
    day = PERIOD.earliest(now).date()
    while is_due(day, now):
        day += DAY
    return day


def due_before(now: datetime) -> date:
    """The day before which a purge at ``now`` deletes everything: a partition goes whole when its first day is due."""
    return max([first_kept(now), *(partition.end for partition in _due(now))])


def attached_days() -> list[date]:
    """The days whose visits can be written and read."""
    return sorted(day for partition in attached() for day in partition.days)


def attached() -> list[PartitionRange]:
    return _spans(ATTACHED, [False])


def half_detached() -> list[PartitionRange]:
    """The partitions whose DETACH CONCURRENTLY was interrupted while it waited for readers."""
    return _spans(ATTACHED, [True])


def detached() -> list[PartitionRange]:
    """The partitions that wait to be dropped."""
    return _spans(DETACHED, None)


def detached_visits() -> int:
    """How many visits are in partitions that no query reaches: a reader or a crash held up their end."""
    return sum(_of_each("count(*)", half_detached() + detached()))


def oldest_of_each() -> list[datetime | None]:
    """When the oldest visit of each partition was, also of one that no query reaches."""
    return list(_of_each("min(at)", attached() + half_detached() + detached()))


def prepare(days: Iterable[date], *, granularity: Granularity | None = None) -> list[date]:
    """Make the partitions for those of ``days`` that have none; returns the days that they hold."""
    if not (wanted := set(days) - set(attached_days())):
        return []
    granularity = granularity or Granularity(settings.VISIT_PARTITIONS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        going = half_detached() + detached()
        made = partition_ranges.planned(wanted, attached() + going, granularity)
        for partition in made:
            cursor.execute("SELECT privacy_make_visits(%s, %s)", [partition.first, partition.end])
    return sorted(day for partition in made for day in partition.days)


def drop_due(
    *, now: datetime, certificate: int, certify: Callable[[DroppedDays], object]
) -> list[PartitionRange]:
    """Drop the partitions whose period is over; returns those that have to wait for a reader.

    ``certificate`` is the line of the running purge; ``certify`` is called in the transaction that drops some. Call
    this outside a transaction: inside one, whoever reads or writes visits has to wait for it to end.
    """
    with _lock_timeout_set():
        going = dict.fromkeys(half_detached() + _due(now))  # an earlier release left one half detached
        waiting = [each for each in going if not _detach(each, certificate)]
    loose = detached()
    for start in range(0, len(loose), TOGETHER):
        waiting += _drop_unless_locked(loose[start : start + TOGETHER], now, certificate, certify)
    return waiting


def _due(now: datetime) -> list[PartitionRange]:
    return [partition for partition in attached() if is_due(partition.first, now)]


def _detach(partition: PartitionRange, certificate: int) -> bool:
    """False where somebody reads for longer than all tries."""
    step = partial(_run, "SELECT privacy_detach_visits(%s, %s)", [certificate, partition.name])
    for pause in (0, *PAUSES):
        sleep(pause)
        if _unless_locked(step):
            return True
    return False


@contextlib.contextmanager
def _lock_timeout_set() -> Iterator[None]:
    """Statements that give up when they wait for long, and whose commit need not be on disk at once.

    A partition that a crash attaches again is detached again; its drop is on disk with the certificate.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [DETACH_TIMEOUT])
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            # A lost connection has lost its settings; the error that broke it must not be replaced.
            with contextlib.suppress(Error):
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET synchronous_commit")


def _unless_locked(step: Callable[[], None]) -> bool:
    """Run ``step``; false when somebody reads for so long that it is left to the next run."""
    try:
        step()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.warning("a partition of visits waits to be dropped: %s", str(error).partition("\n")[0])
        return False
    return True


def _run(statement: str, parameters: list[str | int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _drop_unless_locked(
    loose: list[PartitionRange], now: datetime, certificate: int, certify: Callable[[DroppedDays], object]
) -> list[PartitionRange]:
    """All at once, or one by one when somebody still reads one of them; returns those that wait."""
    if _unless_locked(partial(_drop, loose, now, certificate, certify)):
        return []
    return [
        each for each in loose if len(loose) == 1 or _drop_unless_locked([each], now, certificate, certify)
    ]


def _drop(
    loose: list[PartitionRange], now: datetime, certificate: int, certify: Callable[[DroppedDays], object]
) -> None:
    names = [partition.name for partition in loose]
    days = sorted(day for partition in loose for day in partition.days)
    rows = " UNION ALL ".join(f"SELECT {daily_totals.COLUMNS} FROM {each.name}" for each in loose)  # noqa: S608
    visits = f"({rows}) AS visits"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        if missing := daily_totals.uncounted(days):
            daily_totals.store(missing, visits)
        gone = DroppedDays(days, *_expired_and_early(days, visits, now))
        daily_totals.close(days)
        cursor.execute("SELECT privacy_drop_visits(%s, %s)", [certificate, names])
        certify(gone)


def _expired_and_early(days: list[date], visits: str, now: datetime) -> tuple[RowSpan, RowSpan]:
    """The visits of ``days`` that are past their period, and the others; ``visits`` is their table in SQL.

    Only days on which the one turns into the other are read: of the rest their marks tell.
    """
    marks = daily_totals.visits_of(days)
    known = {day: is_over for day, span in marks.items() if (is_over := are_over(span, now)) is not None}
    expired, early = _read(sorted(set(days) - known.keys()), visits, now)
    over, not_over = ([marks[day] for day in known if known[day] is which] for which in (True, False))
    return sum(over, expired), sum(not_over, early)


def _read(days: list[date], visits: str, now: datetime) -> tuple[RowSpan, RowSpan]:
    if not days:
        return NO_ROWS, NO_ROWS
    is_over, parameters = is_over_sql("at", PERIOD, now)
    spans = (
        f"SELECT {is_over}, count(*), min(at), max(at) FROM {visits} WHERE {daily_totals.DAY_OF} = ANY (%s)"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{spans} GROUP BY 1", [*parameters, days])
        found = {over: RowSpan(*span) for over, *span in cursor.fetchall()}
    return found.get(True, NO_ROWS), found.get(False, NO_ROWS)


def _of_each(fact: str, listed: list[PartitionRange]) -> Iterator[Any]:
    """One SQL expression for each partition; nothing for one that a purge drops meanwhile."""
    for partition in listed:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT {fact} FROM {partition.name}")  # noqa: S608
                yield cursor.fetchone()[0]
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise


def _spans(question: str, parameters: list[bool] | None) -> list[PartitionRange]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        found = [PartitionRange.named(name) for (name,) in cursor.fetchall()]
    return sorted(filter(None, found))
