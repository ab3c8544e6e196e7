"""The journal of what must be done again after a backup was restored: erasures, purges, objections, holds.

It stands outside the database, in a file that only grows (``ERASURE_JOURNAL``, see :mod:`privacy.journal.file`).
Every machine that erases must share that file, and it is not restored with the database. Its lines hold numbers,
instants, names of holdings and keyed hashes: no personal data.

A line is on disk before its transaction commits, and is confirmed once it has. The database keeps the number of the
last line that it carried out, in the same transaction. A confirmed line above that number means that the database is
older than the journal: it was restored. Then nothing is served until ``manage.py replay_erasures`` is done.

Lines are kept for :data:`PERIOD`, so no backup may be kept for longer.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from privacy.datamap.periods import Period
from privacy.journal.file import JournalFile, Line
from privacy.journal.models import JournalMark
from privacy.web import locks

PERIOD = Period(years=1)  # as long as a backup may be restored
RECHECK_SECONDS = 2.0  # how long a page may still be served after a restore


class DatabaseRestoredError(RuntimeError):
    """The database is older than the journal, which has to be replayed first."""


class BackupTooOldError(RuntimeError):
    """The database is from before lines that are past their period: nobody knows any more what to do again."""


@dataclass(frozen=True)
class JournalEntry:
    """One confirmed line."""

    number: int
    at: datetime
    action: str
    facts: Line


def note_erasure(who: Collection[str], *, kept: Collection[str], now: datetime) -> None:
    """This transaction erases the person with the pseudonyms ``who``, but for the rows of the digests ``kept``."""
    _append("erasure", {"who": sorted(who), "kept": sorted(kept)}, now)


def note_purge(holding: str, *, cut_off: datetime, now: datetime) -> None:
    """From now on, rows of ``holding`` (a label) that were due at ``cut_off`` are deleted."""
    _append("purge", {"holding": holding, "cut_off": cut_off.isoformat()}, now)


def note(action: str, who: Collection[str], *, now: datetime, **facts: str) -> None:
    """Something else that must outlive a restore, about the person with the pseudonyms ``who``.

    ``action`` is named in the ``replays`` of an app (:mod:`privacy.plugins`); ``facts`` are no personal data.
    """
    _append(action, {"who": sorted(who), **facts}, now)


def unapplied() -> list[JournalEntry]:
    """The lines that this database has not carried out, because it was restored from before them.

    Raises :class:`BackupTooOldError`.
    """
    confirmed = _file().confirmed()
    mark = JournalMark.get()
    if _file().forgotten() > mark:
        raise BackupTooOldError
    return [_entry(line) for line in _file().actions() if line["n"] > mark and line["n"] in confirmed]


def all_lines() -> list[JournalEntry]:
    """Every line, also of what was not committed."""
    return [_entry(line) for line in _file().actions()]


def forget(*, until: datetime) -> int:
    """Delete the lines whose period is over at ``until``; returns how many."""
    lines = all_lines()
    kept = [entry.number for entry in lines if not PERIOD.is_over(entry.at, until)]
    first_kept = min(kept, default=max((entry.number for entry in lines), default=0) + 1)
    gone = [entry.number for entry in lines if entry.number < first_kept]
    if gone:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.JOURNAL])
            _file().forget(before=first_kept)
    return len(gone)


def is_restored() -> bool:
    """Whether the database is older than the journal. Confirms a line whose writer died after its commit."""
    file = _file()
    seen = file.look()  # before the mark: what is confirmed in the file was committed before
    mark = JournalMark.get()
    if mark in seen.open and not connection.in_atomic_block:
        file.write({"done": mark})
    return seen.last > mark


def is_ready() -> bool:
    """Whether pages may be served. Cheap: each process looks at most every :data:`RECHECK_SECONDS`."""
    last = _last_check(settings.ERASURE_JOURNAL)
    if last.checked_at + RECHECK_SECONDS < time.monotonic():
        try:
            last.is_ready = not _file().path.exists() or not is_restored()
        except DatabaseError:
            return True  # nothing can be read anyhow, and pages that read nothing are served
        last.checked_at = time.monotonic()
    return last.is_ready


def _append(action: str, facts: Line, now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.JOURNAL])
        if is_restored():
            raise DatabaseRestoredError
        file = _file()
        mark = JournalMark.get()
        number = max(mark, file.look().highest) + 1
        file.write({"n": number, "after": mark, "action": action, "at": now.isoformat(), **facts})
        JournalMark.set(number)
        transaction.on_commit(partial(file.write, {"done": number}))


def _entry(line: Line) -> JournalEntry:
    facts = {name: value for name, value in line.items() if name not in {"n", "after", "at", "action"}}
    return JournalEntry(line["n"], datetime.fromisoformat(line["at"]), line["action"], facts)


def _file() -> JournalFile:
    return _of(settings.ERASURE_JOURNAL)


@cache
def _of(path: Path) -> JournalFile:
    return JournalFile(path)


@dataclass
class _Readiness:
    """What a process last found, and when (on the monotonic clock)."""

    checked_at: float = float("-inf")
    is_ready: bool = True


@cache
def _last_check(path: Path) -> _Readiness:
    return _Readiness()
