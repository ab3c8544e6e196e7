"""The days of the table of visits: one partition each (UTC), made ahead, and dropped whole when their time is over.

There is no default partition, because it would forbid DETACH CONCURRENTLY. A day is taken off the table while
pages go on being served; only then, on a table that nobody else can reach, its totals are counted and it is dropped,
in one transaction. A crash leaves a day half taken off, or taken off and not dropped: the next run sees both.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from django.db import OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from privacy import totals
from privacy.models.navigation import PERIOD

TABLE = "privacy_visit"
AHEAD = timedelta(days=14)
LOCK_TIMEOUT = "2s"
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
    """What a dropped day held."""

    day: date
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

    ``certify`` is called in the transaction that drops a day. Call this outside a transaction: inside one, whoever
    reads or writes visits has to wait for it to end.
    """
    for day in half_detached():  # there is one at most
        if not _unless_read(partial(_alter, f"ALTER TABLE {TABLE} DETACH PARTITION {_name(day)} FINALIZE")):
            return [day, *_due(now)]
    waiting = [day for day in detached() if not _unless_read(partial(_drop, day, certify))]
    for day in _due(now):
        statement = f"ALTER TABLE {TABLE} DETACH PARTITION {_name(day)} {_how()}"
        if half_detached() or not _unless_read(partial(_alter, statement), partial(_drop, day, certify)):
            waiting.append(day)
    return waiting


def _due(now: datetime) -> list[date]:
    return [day for day in attached() if is_due(day, now)]


def _how() -> str:
    """Without making anybody wait, which PostgreSQL can do outside a transaction only."""
    return "" if connection.in_atomic_block else "CONCURRENTLY"


def _unless_read(*steps: Callable[[], None]) -> bool:
    """Take the steps; false when somebody reads for so long that the rest must wait for the next run."""
    try:
        for step in steps:
            step()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.warning("a day of visits waits to be dropped: %s", error)
        return False
    return True


def _alter(statement: str) -> None:
    """Run one statement that may have to wait for others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("RESET lock_timeout")


def _drop(day: date, certify: Callable[[Gone], object]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute(f"LOCK TABLE {_name(day)}")
        cursor.execute(f"SELECT count(*), min(at), max(at) FROM {_name(day)}")  # noqa: S608
        gone = Gone(day, *cursor.fetchone())
        totals.keep(day, _name(day))
        cursor.execute(f"DROP TABLE {_name(day)}")
        certify(gone)


def _days(question: str, parameters: list[bool] | None) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        found = [NAME.fullmatch(name) for (name,) in cursor.fetchall()]
    return sorted(datetime.strptime(match[1], "%Y%m%d").date() for match in found if match)  # noqa: DTZ007


def _name(day: date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"
