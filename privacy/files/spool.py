"""A local folder to which every process appends lines, and from which one takes them: no line is lost or torn.

Each process writes to a file (segment) of its own, locked for as long as anybody can still append to it, and begins
another each second; so a line costs one write and waits for no other process. A segment whose lock is free is
finished, whether it was closed or its process was killed. What the kernel has accepted survives a kill -9 of every
process (not a power cut).

A line stands between two line ends. One that a full disk or a kill cut short has no second end, and is told from the
next one, which brings a first end of its own.

Until November 2026 all processes wrote to one file, ``current``, whose lines had one end each; what an upgrade leaves
of it is read like any other segment.
"""

import contextlib
import errno
import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from weakref import WeakSet

SEGMENT_SECONDS = 1.0  # how long a process writes to one segment, so how long a line waits at least
SEGMENT_BYTES = 64 * 1024 * 1024  # a segment is read whole, so this is also its memory
SEGMENT_PREFIX = "segment-"
UNNAMED = (SEGMENT_PREFIX, f".{SEGMENT_PREFIX}")
log = logging.getLogger(__name__)
_spools: "WeakSet[Spool]" = WeakSet()
_segments: "WeakSet[_Segment]" = WeakSet()
_withheld: "ContextVar[list[bytes] | None]" = ContextVar("withheld", default=None)


@contextlib.contextmanager
def withholding() -> Iterator[list[bytes]]:
    """Meanwhile nothing that this thread appends to any spool is written: the list gets it instead.

    For pages that the site asks of itself. It is no part of a request, so no outsider can bring it about.
    """
    lines: list[bytes] = []
    token = _withheld.set(lines)
    try:
        yield lines
    finally:
        _withheld.reset(token)


def is_withholding() -> bool:
    return _withheld.get() is not None


class Spool:
    """The spool in one folder, as one process sees it. Safe among threads, processes and forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aside = folder / "aside"
        self.legacy_file = folder / "current"
        self.reset()
        _spools.add(self)

    def reset(self) -> None:
        """A forked child has no part in its parent's segment, nor in a lock that somebody held."""
        self._guard = threading.Lock()
        self._segment: _Segment | None = None

    def append(self, line: bytes) -> None:
        """Add ``line`` (without line end). Raises :class:`OSError`; then the line is never read."""
        if (withheld := _withheld.get()) is not None:
            withheld.append(line)
            return
        segment = self._segment or self._begin()
        segment.write(b"\n%b\n" % line)
        if segment.size > SEGMENT_BYTES:
            self.close()

    def close(self) -> None:
        """Let go of the segment of this process: it is finished as soon as nobody writes to it any more."""
        self._segment = None

    def _begin(self) -> "_Segment":
        with self._guard:
            if self._segment is None:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                segment = _Segment(self.folder, self._new_name())
                # Only once the segment exists: otherwise threads would pile up on a full disk.
                end = threading.Timer(SEGMENT_SECONDS, self.close)
                end.daemon = True
                end.start()
                self._segment = segment
            return self._segment

    def _new_name(self) -> str:
        return f"{SEGMENT_PREFIX}{self.identity}-{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"

    @cached_property
    def identity(self) -> str:
        """A name for this folder, unlike any other's: segments of several machines end in one table."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "identity"
        if not path.exists():
            scratch = path.with_suffix(f".{uuid.uuid4().hex}")
            try:
                scratch.write_text(uuid.uuid4().hex)
                with contextlib.suppress(FileExistsError):  # another process was first
                    os.link(scratch, path)
            finally:
                scratch.unlink(missing_ok=True)
        return path.read_text()

    def segments(self) -> list[Path]:
        """The segments that wait, oldest first, also those that are still written to."""
        return _files_in(self.folder)

    @contextlib.contextmanager
    def claim_finished(self) -> Iterator[list[Path]]:
        """Every finished segment; none while another process has claimed them."""
        self.close()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "taking.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield []
                return
            self._adopt_legacy_file()
            yield [segment for segment in self.segments() if _is_finished(segment)]

    def _adopt_legacy_file(self) -> None:
        """Make a segment of the one file of older versions; who still writes to it sees that it is gone."""
        with contextlib.suppress(FileNotFoundError), self.legacy_file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # held by a writer while it adds a line
            self.legacy_file.rename(self.folder / self._new_name())

    def set_aside(self, segment: Path, lines: list[bytes]) -> None:
        """Keep lines that cannot be read apart, for somebody to look at. Again for the same segment: the same file.

        They keep the age of their segment, however long it has waited.
        """
        self.aside.mkdir(mode=0o700, exist_ok=True)
        scratch = self.aside / f".{segment.name}"
        scratch.write_bytes(b"\n".join(lines) + b"\n")
        last = min(segment.stat().st_mtime_ns, scratch.stat().st_mtime_ns)  # a clock may have been ahead
        os.utime(scratch, ns=(last, last))
        scratch.rename(self.aside / segment.name)

    def lines(self) -> Iterator[bytes]:
        """Each whole line that waits. A segment that somebody takes meanwhile is skipped."""
        for segment in self.segments():
            with contextlib.suppress(FileNotFoundError):
                yield from read(segment)[0]

    def files_set_aside(self) -> list[Path]:
        """The files of lines that cannot be read."""
        return _files_in(self.aside)

    def files(self) -> Iterator[tuple[Path, datetime]]:
        """Each waiting segment and each file set aside, with the instant of its last line; none taken meanwhile.

        Also those of a killed process that had no name yet.
        """
        for path in (*_files_in(self.folder, UNNAMED), self.legacy_file, *_files_in(self.aside, UNNAMED)):
            with contextlib.suppress(FileNotFoundError):
                yield path, datetime.fromtimestamp(path.stat().st_mtime, UTC)


class _Segment:
    """A file that one process appends to. Whoever is about to write holds the object, and the object its lock."""

    _file = -1

    def __init__(self, folder: Path, name: str) -> None:
        self.size = 0
        hidden = folder / f".{name}"
        self._file = os.open(hidden, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        _segments.add(self)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        hidden.rename(folder / name)  # others see it only once it is locked

    def write(self, line: bytes) -> None:
        """Add ``line`` in one write. Raises :class:`OSError` when the disk does not take it whole."""
        if os.write(self._file, line) != len(line):
            raise OSError(errno.ENOSPC, "half a line was written")
        self.size += len(line)

    def close(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    __del__ = close


def read(segment: Path) -> tuple[list[bytes], list[bytes]]:
    """The whole lines of a segment, and those that were cut short."""
    content = segment.read_bytes()
    if content[:1] != b"\n":  # older version: one line end each, only the last can be cut short
        *lines, tail = content.split(b"\n")
        return list(filter(None, lines)), list(filter(None, [tail]))
    *found, tail = (content + b"\n")[1:].split(b"\n\n")
    cut = [part for line in found if b"\n" in line for part in line.split(b"\n")[:-1]]
    lines = [line.rpartition(b"\n")[2] for line in found] if cut else found
    return list(filter(None, lines)), [part for part in (*cut, tail.rstrip(b"\n")) if part]


def _files_in(folder: Path, beginnings: tuple[str, ...] = (SEGMENT_PREFIX,)) -> list[Path]:
    """The segments in a folder. A folder, a link or a pipe of such a name is not ours."""
    try:
        with os.scandir(folder) as found:
            names = [each.name for each in found if each.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names) if name.startswith(beginnings)]


def _is_finished(segment: Path) -> bool:
    try:
        with segment.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # still written to; taken meanwhile
        return False
    except OSError as error:
        log.error("a spool file cannot be opened: %s", error.strerror)
        return False
    return True


def _after_fork() -> None:
    for spool in list(_spools):
        spool.reset()
    for segment in list(_segments):  # a copy in the child would keep the parent's lock
        segment.close()


os.register_at_fork(after_in_child=_after_fork)
