"""A local file to which every process appends lines, and from which one takes them: nothing lost, nothing torn.

Writers hold an exclusive lock on the file while they look whether it is still the one under its name and write
one line; the taker holds the same lock while it gives the file another name. So a line is either in the file
that is taken, or in the next one. A write that the disk cuts short is taken back whole. What the kernel has taken
survives a kill -9 of every process (not a power cut).
"""

import contextlib
import errno
import fcntl
import os
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from weakref import WeakSet

SEGMENT_BYTES = 64 * 1024 * 1024  # a piece is loaded whole: so much memory it takes at most
PIECES = "segment-*"
_spools: "WeakSet[Spool]" = WeakSet()


class Spool:
    """The spool in one folder, as one process sees it. Safe among threads, processes and forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = folder / "current"
        self.aside = folder / "aside"
        self.forget_handle()
        _spools.add(self)

    def forget_handle(self) -> None:
        """Start afresh: a forked child must not share its parent's handle, nor a lock somebody held."""
        self._guard = threading.Lock()
        self._file = -1

    def append(self, line: bytes) -> None:
        """Add ``line`` (without line end). Raises :class:`OSError`; nothing is added then."""
        with self._guard:
            try:
                if self._lock_current() > SEGMENT_BYTES:
                    self._put_by()
                    self._unlock()
                    self._lock_current()
                _write_whole(self._file, line + b"\n")
            finally:
                self._unlock()

    def _lock_current(self) -> int:
        """Hold the lock of the file that lies under the current name; returns its size."""
        while True:
            if self._file < 0:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._file = os.open(
                    self.current, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
                )
            fcntl.flock(self._file, fcntl.LOCK_EX)
            mine = os.fstat(self._file)
            try:
                there = os.stat(self.current)
            except FileNotFoundError:
                there = None
            if there is not None and there.st_ino == mine.st_ino and there.st_dev == mine.st_dev:
                return mine.st_size
            os.close(self._file)
            self._file = -1

    def _unlock(self) -> None:
        if self._file >= 0:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _put_by(self) -> None:
        """Give the current file, whose lock we hold, its name for good."""
        name = f"segment-{self.identity}-{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        self.current.rename(self.folder / name)

    @cached_property
    def identity(self) -> str:
        """A name for this folder, unlike any other's: segments of several machines meet in one table."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "identity"
        if not path.exists():
            scratch = path.with_suffix(f".{uuid.uuid4().hex}")
            scratch.write_text(uuid.uuid4().hex)
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(scratch, path)
            scratch.unlink()
        return path.read_text()

    def segments(self) -> list[Path]:
        """The pieces that wait, oldest first."""
        return sorted(self.folder.glob(PIECES))

    @contextlib.contextmanager
    def taking(self) -> Iterator[list[Path]]:
        """Close the current file and give out every piece; none when another process takes them already."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "taking.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield []
                return
            self._close_current()
            yield self.segments()

    def _close_current(self) -> None:
        with self._guard:
            try:
                if self._lock_current():
                    self._put_by()
            finally:
                self._unlock()

    def set_aside(self, segment: Path, lines: list[bytes]) -> None:
        """Keep lines that cannot be read apart, for somebody to look at. Again for the same piece: the same file."""
        self.aside.mkdir(mode=0o700, exist_ok=True)
        scratch = self.aside / f".{segment.name}"
        scratch.write_bytes(b"\n".join(lines) + b"\n")
        scratch.rename(self.aside / segment.name)

    def files(self) -> Iterator[tuple[Path, datetime]]:
        """Each waiting piece and each file set aside, with the instant of its last line."""
        for path in (*self.segments(), *sorted(self.aside.glob(PIECES))):
            yield path, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _write_whole(file: int, line: bytes) -> None:
    written = os.write(file, line)
    if written != len(line):
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise OSError(errno.ENOSPC, "half a line was written, and taken back")


def _after_fork() -> None:
    for spool in list(_spools):
        if spool._file >= 0:
            os.close(spool._file)
        spool.forget_handle()


os.register_at_fork(after_in_child=_after_fork)
