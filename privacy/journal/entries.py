"""The journal of erasures, purges and stops, outside the database, so that a restored backup learns of them again.

A file that only grows (``ERASURE_JOURNAL``), which every machine that erases must share, and which is not restored with
the database. Its lines hold numbers, instants, names of holdings and keyed hashes: no personal data.

A line is on disk before the deed commits, and is confirmed once it has. The database keeps the number of the last
line it carried out, in the same transaction. A confirmed line above that number means that the database is older
than the journal: it was restored. Then nothing is served until ``manage.py replay_erasures`` is done.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from privacy.journal.models import JournalMark
from privacy.web import locks

RECHECK_SECONDS = 2.0  # how long a page may still be served after a restore
log = logging.getLogger(__name__)


class DatabaseRestoredError(RuntimeError):
    """The database is older than the journal: replay first."""


@dataclass(frozen=True)
class JournalEntry:
    """One confirmed line."""

    number: int
    at: datetime
    action: str
    facts: dict[str, Any]


def note_erasure(who: Collection[str], *, kept: Collection[str], now: datetime) -> None:
    """A person with the pseudonyms ``who`` is erased by this transaction, the rows of the digests ``kept`` apart."""
    _append("erasure", {"who": sorted(who), "kept": sorted(kept)}, now)


def note_purge(holding: str, *, cut_off: datetime, now: datetime) -> None:
    """From now on, rows of ``holding`` that were due at ``cut_off`` go."""
    _append("purge", {"holding": holding, "cut_off": cut_off.isoformat()}, now)


def note(action: str, who: Collection[str], *, now: datetime, **facts: str) -> None:
    """Something else that must outlive a restore, about the person with the pseudonyms ``who``.

    ``action`` is named in the ``replays`` of an app (:mod:`privacy.plugins`); ``facts`` are no personal data.
    """
    _append(action, {"who": sorted(who), **facts}, now)


def unapplied() -> list[JournalEntry]:
    """The lines that this database has not carried out, because it was restored from before them."""
    confirmed = _file().confirmed()
    mark = JournalMark.get()
    return [_entry(line) for line in _file().lines() if line["n"] > mark and line["n"] in confirmed]


def is_restored() -> bool:
    """Whether the database is older than the journal. Confirms a line whose writer died after its commit."""
    file = _file()
    seen = file.look()  # before the mark: what is confirmed in the file was committed before
    mark = JournalMark.get()
    if mark in seen.open and not connection.in_atomic_block:
        file.write({"done": mark})
    return seen.last > mark


def is_ready() -> bool:
    """The same for every page: looked at every other second at most, and the database not without a journal."""
    file = _file()
    if file.checked_at + RECHECK_SECONDS < time.monotonic():
        try:
            file.answer = not file.path.exists() or not is_restored()
        except DatabaseError:
            return True  # nothing can be read anyhow, and pages that read nothing are served
        file.checked_at = time.monotonic()
    return file.answer


def _append(action: str, facts: dict[str, Any], now: datetime) -> None:
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


def _entry(line: dict[str, Any]) -> JournalEntry:
    facts = {name: value for name, value in line.items() if name not in {"n", "after", "at", "action"}}
    return JournalEntry(line["n"], datetime.fromisoformat(line["at"]), line["action"], facts)


@dataclass
class _Progress:
    """What was read of the file so far."""

    offset: int = 0
    last: int = 0
    highest: int = 0
    open: set[int] = field(default_factory=set)

    def take(self, lines: Iterable[dict[str, Any]]) -> None:
        for line in lines:
            if number := line.get("done"):
                self.last = max(self.last, number)
                self.open.discard(number)
            elif number := line.get("n"):
                self.highest = max(self.highest, number)
                self.open.add(number)


@dataclass
class _File:
    path: Path
    seen: _Progress = field(default_factory=_Progress)
    checked_at: float = float("-inf")
    answer: bool = True

    def write(self, line: dict[str, Any]) -> None:
        """Add one line and wait until the disk has it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            is_torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"  # a crash in the middle of a line
            os.write(handle, b"\n" * is_torn + json.dumps(line, separators=(",", ":")).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        if line.get("n") == 1:
            _sync_folder(self.path.parent)

    def look(self) -> _Progress:
        """What stands in the file, reading only what is new in it."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self.seen.offset:
            self.seen = _Progress()
        if size > self.seen.offset:
            content = self._read(self.seen.offset)
            whole = content.rfind(b"\n") + 1
            self.seen.take(_parsed(content[:whole]))
            self.seen.offset += whole
        return self.seen

    def lines(self) -> list[dict[str, Any]]:
        """The lines that tell of a deed."""
        return [line for line in _parsed(self._read(0)) if "n" in line]

    def confirmed(self) -> set[int]:
        """The numbers of the deeds that were committed: each that was confirmed, and the one that it came after."""
        done = {line["done"] for line in _parsed(self._read(0)) if "done" in line}
        for line in reversed(self.lines()):
            if line["n"] in done:
                done.add(line.get("after", 0))
        return done

    def _read(self, offset: int) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read()


def _parsed(content: bytes) -> Iterable[dict[str, Any]]:
    for line in filter(None, content.split(b"\n")):
        try:
            yield json.loads(line)
        except ValueError:
            log.error("a line of the journal of erasures cannot be read: it was cut when it was written")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file() -> _File:
    return _of(settings.ERASURE_JOURNAL)


@cache
def _of(path: Path) -> _File:
    return _File(path)
