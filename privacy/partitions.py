"""The days of the table of visits: one partition each (UTC), made ahead, and dropped whole when their time is over.

There is no default partition, because it would forbid DETACH CONCURRENTLY. A day is taken off the table while
pages go on being served; only then, on a table that nobody else can reach, its totals are counted and it is dropped,
in one transaction. A crash leaves a day half taken off, or taken off and not dropped: the next run sees both.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from django.db import Error, OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from privacy import totals
from privacy.models.navigation import PERIOD

TABLE = "privacy_visit"
AHEAD = timedelta(days=14)
LOCK_TIMEOUT = "2s"
TOGETHER = (
    31  # days dropped in one transaction: more would need more locks than PostgreSQL has room for by default
)
LATEST = timedelta(hours=26)  # the purge runs hourly: after a day and two hours something is wrong
ADVISORY_LOCK = 0x76697369  # "visi": any number that nothing else here uses
NAME = re.compile(rf"{TABLE}_(\d{{8}})")
log = logging.getLogger(__name__)

ATTACHED = f"""
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = '{TABLE}'::regclass AND i.inhdetachpending = %s
"""  # noqa: S608
LOOSE = f"""
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '{TABLE}'::regclass)
  AND c.relname ~ '^{TABLE}_[0-9]{{8}}$' AND NOT c.relispartition
"""  # noqa: S608


@dataclass(frozen=True)
class Gone:
    """What some dropped days held."""

    days: list[date]
    count: int
    oldest: datetime | None
    newest: datetime | None


def begin(day: date) -> datetime:
    """The first instant of ``day``."""
    return datetime.combine(day, time(), UTC)


def is_due(day: date, now: datetime) -> bool:
    """Whether the earliest visit possible on ``day`` is past its period at ``now``."""
    return PERIOD.is_over(begin(day), now)


def first_kept(now: datetime) -> date:
    """The earliest day that is not due at ``now``."""
    day = PERIOD.earliest(now).date()
    while is_due(day, now):
        day += timedelta(days=1)
    return day


def prepare(days: Iterable[date]) -> list[date]:
    """Make the partitions of ``days`` that are missing; returns them."""
    if not (wanted := set(days) - set(attached())):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        missing = sorted(wanted - set(attached()) - set(half_detached()) - set(detached()))
        for day in missing:
            ends = [begin(day).isoformat(), begin(day + timedelta(days=1)).isoformat()]
            cursor.execute(f"CREATE TABLE {_name(day)} (LIKE {TABLE} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {TABLE} ATTACH PARTITION {_name(day)} FOR VALUES FROM (%s) TO (%s)", ends
            )
    return missing


def attached() -> list[date]:
    """The days that visits can go to and be read from."""
    return _days(ATTACHED, [False])


def half_detached() -> list[date]:
    """The days whose removal was interrupted while readers were waited for."""
    return _days(ATTACHED, [True])


def detached() -> list[date]:
    """The days that were taken off the table and wait to be dropped."""
    return _days(LOOSE, None)


def stranded() -> int:
    """How many visits lie in days that nobody can read any more, because a reader or a crash held up their end."""
    days = half_detached() + detached()
    with connection.cursor() as cursor:
        total = 0
        for day in days:
            cursor.execute(f"SELECT count(*) FROM {_name(day)}")  # noqa: S608
            total += cursor.fetchone()[0]
    return total


def oldest() -> datetime | None:
    """When the oldest visit was that is still on the disk, also in a day that nobody can read any more."""
    with connection.cursor() as cursor:
        found = []
        for table in (TABLE, *map(_name, half_detached() + detached())):
            cursor.execute(f"SELECT min(at) FROM {table}")  # noqa: S608
            found += cursor.fetchone()
    return min(filter(None, found), default=None)


def is_late(now: datetime) -> bool:
    """Whether a visit is there that the purge should have taken: the alarm, for a promise or a monitor."""
    found = oldest()
    return found is not None and PERIOD.is_over(found, now - LATEST)


def drop_due(*, now: datetime, certify: Callable[[Gone], object]) -> list[date]:
    """Drop the days whose period is over; returns those that have to wait for a reader.

    ``certify`` is called in the transaction that drops some days. Call this outside a transaction: inside one, whoever
    reads or writes visits has to wait for it to end.
    """
    with _in_no_hurry():
        for day in half_detached():  # there is one at most
            if not _unless_read(partial(_run, f"ALTER TABLE {TABLE} DETACH PARTITION {_name(day)} FINALIZE")):
                return [day, *_due(now)]
        waiting = _detach(_due(now))
    loose = detached()
    for start in range(0, len(loose), TOGETHER):
        waiting += _drop_unless_read(loose[start : start + TOGETHER], certify)
    return waiting


def _due(now: datetime) -> list[date]:
    return [day for day in attached() if is_due(day, now)]


def _detach(days: list[date]) -> list[date]:
    """Take ``days`` off the table; returns those that are still on it, because somebody reads."""
    waiting: list[date] = []
    for number, day in enumerate(days):
        if not _unless_read(partial(_run, f"ALTER TABLE {TABLE} DETACH PARTITION {_name(day)} {_how()}")):
            if half_detached():  # as long as there is one, no other can be taken off
                return waiting + days[number:]
            waiting.append(day)
    return waiting


def _how() -> str:
    """Without making anybody wait, which PostgreSQL can do outside a transaction only."""
    return "" if connection.in_atomic_block else "CONCURRENTLY"


@contextlib.contextmanager
def _in_no_hurry() -> Iterator[None]:
    """Statements that give up when they have to wait for long, and whose end need not reach the disk at once.

    A day that a crash puts back on the table is taken off again; that it is gone is on the disk with its certificate.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            with contextlib.suppress(
                Error
            ):  # a lost connection has lost its settings; what broke it is to be heard
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET synchronous_commit")


def _unless_read(step: Callable[[], None]) -> bool:
    """Take the step; false when somebody reads for so long that it must wait for the next run."""
    try:
        step()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.warning("a day of visits waits to be dropped: %s", error)
        return False
    return True


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _drop_unless_read(days: list[date], certify: Callable[[Gone], object]) -> list[date]:
    """All at once, or one by one when somebody still reads one of them; returns those that wait."""
    if _unless_read(partial(_drop, days, certify)):
        return []
    return [day for day in days if len(days) == 1 or _drop_unless_read([day], certify)]


def _drop(days: list[date], certify: Callable[[Gone], object]) -> None:
    tables = ", ".join(map(_name, days))
    visits = " UNION ALL ".join(f"SELECT at, path, referrer, visitor FROM {_name(day)}" for day in days)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute(f"LOCK TABLE {tables}")
        cursor.execute(f"SELECT count(*), min(at), max(at) FROM ({visits}) AS visits")  # noqa: S608
        gone = Gone(days, *cursor.fetchone())
        totals.keep(days, f"({visits}) AS visits")
        cursor.execute(f"DROP TABLE {tables}")
        certify(gone)


def _days(question: str, parameters: list[bool] | None) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        found = [NAME.fullmatch(name) for (name,) in cursor.fetchall()]
    return sorted(datetime.strptime(match[1], "%Y%m%d").date() for match in found if match)  # noqa: DTZ007


def _name(day: date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"
