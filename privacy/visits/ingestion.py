"""Spool files into the table of visits, by COPY: each file once, every sound line, nothing of who is not counted.

Whoever objects waits for a file that is being ingested, and what is ingested after them waits for their
end: so nothing of theirs slips in between. The other side of that lock is
:func:`~privacy.visits.daily_totals.recount_without`.
"""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import psycopg2
from django.db import OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from privacy.files.spool import Spool, read
from privacy.visits import daily_totals, partitions
from privacy.visits.counting_models import WAITING, DrainedSegment, RecordingObjection
from privacy.visits.partition_ranges import TABLE, begin

LOCK_TIMEOUT = "1s"  # if an erasure takes longer, the file is left for the next run
# Ingestions do not wait for each other, nor do objections; each waits for the other kind. The file is deleted next, so
# its visits have to be on disk whatever the server's default is. One statement, since there may be many files.
LOCK_OBJECTIONS = f"""
SET LOCAL lock_timeout = %s;
LOCK TABLE {RecordingObjection._meta.db_table} IN SHARE MODE;
SET LOCAL lock_timeout TO DEFAULT;
SET LOCAL synchronous_commit = on
"""
COPY = """
COPY {table} (at, number, visitor, has_cookie, path, referrer, language) FROM STDIN
WHERE at >= '{since}' AND NOT '{excluded}'::jsonb ? visitor::text
"""
FEW = 100
OBJECTING = f"SELECT visitor::text FROM {RecordingObjection._meta.db_table} LIMIT %s"  # noqa: S608
OBJECTING_AMONG = f"""
SELECT visitor::text FROM {RecordingObjection._meta.db_table} WHERE visitor = ANY (%s::uuid[])
"""  # noqa: S608
FLAGS = (b"t", b"f")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
log = logging.getLogger(__name__)


class IngestionPostponedError(Exception):
    """A file cannot be ingested yet; nothing of it was."""


@dataclass(frozen=True)
class SegmentDays:
    """The days of the lines of a file: those to ingest; stamps that are no possible day; stamps of closed days."""

    wanted: set[date]
    strange: set[bytes]
    closed: set[bytes]
    is_over: bool  # all have waited for too long


def ingest(spool: Spool, segment: Path, *, now: datetime) -> int:
    """Ingest a file and delete it; returns how many visits were added. One that has to wait holds up no other."""
    try:
        lines, cut = read(segment)
        days = classify_days(lines, now)
        if days.is_over:  # left to the purge, which first checks the clock
            return 0
        with transaction.atomic():
            loaded, set_aside = _ingest_once(segment, lines, cut, days, now)
            if set_aside:
                spool.set_aside(segment, set_aside)
                log.error("%d lines of %s cannot be read and were set aside", len(set_aside), segment.name)
        segment.unlink(missing_ok=True)
    except (IngestionPostponedError, OSError) as reason:  # no partition; the disk cannot be read, or is full
        log.error("visits wait: %s", getattr(reason, "strerror", None) or reason)
        return 0
    return loaded


def _ingest_once(
    segment: Path, lines: list[bytes], cut: list[bytes], days: SegmentDays, now: datetime
) -> tuple[int, list[bytes]]:
    """How many lines were added, and those that cannot be read; neither when the file was ingested before."""
    _require_partitions(days.wanted)
    _lock_objections()
    _segment, is_new = DrainedSegment.objects.get_or_create(name=segment.name)
    if not is_new:
        return 0, []
    daily_totals.recount(days.wanted)
    unfit = days.strange | days.closed
    sound = [line for line in lines if line[:10] not in unfit] if unfit else lines
    loaded, refused = load(sound, begin(first_day(now)))
    if refused:  # or was their partition detached just now?
        _require_partitions(days.wanted)
    return loaded, without_addresses([line for line in lines if line[:10] in days.strange] + refused + cut)


def _require_partitions(days: set[date]) -> None:
    if missing := days - set(partitions.attached_days()):
        raise IngestionPostponedError(f"no partition holds {', '.join(map(str, sorted(missing)))}")


def _lock_objections() -> None:
    """Until this transaction ends nobody can object. Raises :class:`IngestionPostponedError` while somebody does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(LOCK_OBJECTIONS, [LOCK_TIMEOUT])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise IngestionPostponedError("somebody objects") from error


def classify_days(lines: list[bytes], now: datetime) -> SegmentDays:
    """What is to become of the lines of each day at ``now``."""
    kept, horizon = first_day(now), now.date() + partitions.AHEAD
    days = {stamp: day_of(stamp) for stamp in {line[:10] for line in lines}}
    wanted = {day for day in days.values() if day and kept <= day <= horizon}
    # A coarse partition is dropped with days that are not due; their totals are final.
    gone = daily_totals.closed_days(wanted)
    return SegmentDays(
        wanted - gone,
        {stamp for stamp, day in days.items() if day is None or day > horizon},
        {stamp for stamp, day in days.items() if day in gone},
        bool(days) and all(day and day < kept for day in days.values()),
    )


def first_day(now: datetime) -> date:
    """The first day (UTC) of which visits still come in: those before have waited for too long."""
    return max(partitions.first_kept(now), (now - timedelta(days=WAITING.days)).astimezone(UTC).date())


def is_over(segment: Path, *, now: datetime) -> bool:
    """Whether all lines of a file have waited for too long at ``now``."""
    try:
        return classify_days(read(segment)[0], now).is_over
    except OSError:  # ingested meanwhile, or unreadable
        return False


def day_of(stamp: bytes) -> date | None:
    """The day with which a line begins; ``None`` where it does not begin with one."""
    try:
        return date.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None


def load(lines: list[bytes], since: datetime) -> tuple[int, list[bytes]]:
    """Copy ``lines`` from ``since`` on; returns how many were added, and those that PostgreSQL cannot read."""
    excluded = json.dumps(_objecting(lines))
    return _copy(lines, COPY.format(table=TABLE, since=since.isoformat(), excluded=excluded))


def _copy(lines: list[bytes], statement: str) -> tuple[int, list[bytes]]:
    if not lines:
        return 0, []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.copy_expert(statement, BytesIO(b"\n".join(lines) + b"\n"))
            return cursor.rowcount, []
    except (psycopg2.DataError, psycopg2.IntegrityError):
        if (updated := without_addresses(lines)) != lines:
            return _copy(updated, statement)
        if len(lines) == 1:
            return 0, lines
    middle = len(lines) // 2
    first, second = _copy(lines[:middle], statement), _copy(lines[middle:], statement)
    return first[0] + second[0], first[1] + second[1]


def without_addresses(lines: list[bytes]) -> list[bytes]:
    """The same lines as they are written since December 2026.

    Before, the IP address stood where now it stands whether the browser sent its number. Of such a line nobody knows.
    """
    return [
        b"\t".join((*fields[:3], b"f", *fields[4:]))
        if len(fields := line.split(b"\t", 4)) > 3 and fields[3] not in FLAGS
        else line
        for line in lines
    ]


def browsers_in(lines: Iterable[bytes]) -> set[str]:
    """The numbers of the browsers that ``lines`` are about."""
    fields = (line.split(b"\t", 3) for line in lines)
    found = {line[2].decode("ascii", "replace") for line in fields if len(line) > 3}
    return set(filter(UUID_TEXT.fullmatch, found))


def _objecting(lines: list[bytes]) -> list[str]:
    """Of many that object only those who are in these lines: the cost of a file must not grow with their number."""
    with connection.cursor() as cursor:
        cursor.execute(OBJECTING, [FEW + 1])
        if len(found := cursor.fetchall()) > FEW:
            cursor.execute(OBJECTING_AMONG, [sorted(browsers_in(lines))])
            found = cursor.fetchall()
    return [visitor for (visitor,) in found]
