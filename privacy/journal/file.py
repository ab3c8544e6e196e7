"""The file of the journal: lines of JSON, only ever added, each on disk before the caller goes on.

Two kinds of line: an action (``n`` its number, ``after`` the last action that the database had carried out,
``action``, ``at`` and the facts), and the confirmation that it was committed (``done`` its number). Where lines past
their period were deleted, a confirmation of the last of them that was committed stands first (``forgotten``).
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Line = dict[str, Any]  # as json reads and writes it
log = logging.getLogger(__name__)


@dataclass
class Progress:
    """What was read so far: which file, to which byte, the last confirmed number, the highest, those not confirmed."""

    offset: int = 0
    inode: int = 0
    last: int = 0
    highest: int = 0
    open: set[int] = field(default_factory=set)

    def take(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if number := line.get("done"):
                self.last = max(self.last, number)
                self.open.discard(number)
            elif number := line.get("n"):
                self.highest = max(self.highest, number)
                self.open.add(number)


@dataclass
class JournalFile:
    """The file as one process has read it so far."""

    path: Path
    seen: Progress = field(default_factory=Progress)

    def write(self, line: Line) -> None:
        """Add one line and wait until the disk has it."""
        with self._locked() as handle:
            size = os.fstat(handle).st_size
            is_torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"  # a crash in the middle of a line
            os.write(handle, b"\n" * is_torn + _written(line))
            os.fsync(handle)
        if line.get("n") == 1:
            _sync_folder(self.path.parent)

    def forget(self, *, before: int) -> None:
        """Delete the lines about actions with a lower number: the rest is written anew and takes the file's place.

        Where the path is a link, that place is on the disk to which it leads.
        """
        path = self.path.resolve()
        scratch = path.with_name(f"{path.name}.new")
        with self._locked():
            done = {number for number in self.confirmed() if number < before}
            head = [{"done": max(done), "forgotten": max(done)}] if done else []
            rest = [line for line in _parsed(self._read(0)) if _number(line) >= before]
            with open(scratch, "wb", opener=_private) as file:
                file.write(b"".join(map(_written, [*head, *rest])))
                file.flush()
                os.fsync(file.fileno())
            scratch.rename(path)
            _sync_folder(path.parent)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, open and locked. One that was written anew while we waited is opened again."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if self.path.exists() and os.path.samestat(os.fstat(handle), self.path.stat()):
                    yield handle
                    return
            finally:
                os.close(handle)

    def look(self) -> Progress:
        """What stands in the file; only what is new is read. One that became shorter, or another one, is read anew."""
        state = self.path.stat() if self.path.exists() else None
        size, inode = (state.st_size, state.st_ino) if state else (0, 0)
        if size < self.seen.offset or inode != self.seen.inode:
            self.seen = Progress(inode=inode)
        if size > self.seen.offset:
            content = self._read(self.seen.offset)
            whole = content.rfind(b"\n") + 1
            self.seen.take(_parsed(content[:whole]))
            self.seen.offset += whole
        return self.seen

    def actions(self) -> list[Line]:
        return [line for line in _parsed(self._read(0)) if "n" in line]

    def confirmed(self) -> set[int]:
        """The numbers of the actions that were committed.

        Those are the ones with a confirmation, and each that a committed one came ``after``: its writer died between
        the commit and the confirmation.
        """
        done = {line["done"] for line in _parsed(self._read(0)) if "done" in line}
        for line in reversed(self.actions()):
            if line["n"] in done:
                done.add(line.get("after", 0))
        return done

    def forgotten(self) -> int:
        """The highest number of a committed action whose line was deleted; 0 before the first."""
        return max((line.get("forgotten", 0) for line in _parsed(self._read(0))), default=0)

    def _read(self, offset: int) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read()


def _parsed(content: bytes) -> Iterable[Line]:
    for line in filter(None, content.split(b"\n")):
        try:
            yield json.loads(line)
        except ValueError:
            log.error("a line of the journal of erasures cannot be read: it was cut when it was written")


def _number(line: Line) -> int:
    number: int = line.get("n") or line.get("done") or 0
    return number


def _written(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _sync_folder(folder: Path) -> None:
    """Without this, a power cut could lose the name of a file whose content is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
