"""Runs :mod:`privacy.files.sandbox` in a process of its own, and no more of them at once than the machine can bear.

Whoever examines holds the lock of a file, one for each examination at once. The examination inherits it, so it is free
when both have ended, however they ended. Whoever finds none free waits a little, and is then told to try again: a
document that is asked for twice costs less than a site that stands still.
"""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from privacy.files.errors import REFUSED, WALL_SECONDS, UploadRefusedError

HERE = str(Path(__file__).parents[2])
# Isolated (-I): no settings, no environment, no folder on the path but ours and the library.
PROGRAMME = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from privacy.files.sandbox import main; sys.exit(main(sys.argv[2]))"
)
WAIT_SECONDS = 8.0
LOOK_SECONDS = 0.05
# A web process has four threads: two of them stay free for pages, however many documents come.
THREADS = 2
_places = threading.BoundedSemaphore(THREADS)


def run(kind: str, content: bytes) -> bytes:
    """What the examination of ``content`` as a ``kind`` gives back.

    Raises :class:`UploadRefusedError`, with "busy" where its turn did not come in time, and "unpacked" or "damaged" for
    a document that kills the examination.
    """
    with _place(), _turn() as lock:
        return _examine(kind, content, lock)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise UploadRefusedError("busy")
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _turn() -> Iterator[int]:
    """The descriptor of a lock. Each is opened anew, so that it also keeps the threads of one process apart."""
    last = time.monotonic() + WAIT_SECONDS
    while (lock := _free_lock()) is None:
        if time.monotonic() > last:
            raise UploadRefusedError("busy")
        time.sleep(LOOK_SECONDS)
    try:
        yield lock
    finally:
        os.close(lock)


def _free_lock() -> int | None:
    folder = Path(settings.EXAMINATIONS_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(settings.EXAMINATIONS_AT_ONCE):
        lock = os.open(folder / f"examination-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return lock
    return None


def _examine(kind: str, content: bytes, lock: int) -> bytes:
    programme = [sys.executable, "-I", "-c", PROGRAMME, HERE, kind]
    try:
        done = subprocess.run(  # noqa: S603 - our own programme; the document comes by pipe
            programme,
            input=content,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            pass_fds=[lock],
        )
    except subprocess.TimeoutExpired as error:
        raise UploadRefusedError("unpacked") from error
    if done.returncode == 0:
        return done.stdout
    raise UploadRefusedError(
        done.stdout.decode("ascii", "ignore") if done.returncode == REFUSED else "damaged"
    )
