"""Workers that are started, stopped at a place and killed, and the patience that their tests need."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from privacy.web import locks

SECONDS = 60


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.005)


@contextmanager
def stopped_between_batches(start: Callable[[], object], *, once: Callable[[], bool]) -> Iterator[None]:
    """The purge that ``start`` starts stands still inside: it went on by a batch at a time until ``once`` came true.

    Each batch takes the lock that is held here. It is let go and asked for again in one statement, so that a busy
    machine cannot come in between and let the purge run to its end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [locks.HOLD])
        try:
            start()
            end = time.monotonic() + SECONDS
            while not once():
                assert time.monotonic() < end, "it did not come to pass in time"
                cursor.execute("SELECT pg_advisory_unlock(%s), pg_advisory_lock(%s)", [locks.HOLD] * 2)
                time.sleep(0.005)
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [locks.HOLD])


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """kill -9, the pool's children included."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
