"""The bed that everything is measured on: a PostgreSQL and a Redis of its own, with stock settings.

Nothing is measured on a cluster that answers before the disk has the data: that would flatter every peer.
"""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from softnlabs.local import embedded, postgres, processes

ROOT = Path(__file__).resolve().parent.parent
_running: list[embedded.Servers] = []
MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")


class NotDurableError(RuntimeError):
    """A setting was off that a real site must have on."""


@contextlib.contextmanager
def running(var: Path) -> Iterator[embedded.Servers]:
    """Fresh servers under ``var``, Django pointed at them, and the site's tables in place; gone afterwards."""
    shutil.rmtree(var, ignore_errors=True)
    servers = embedded.start(var)
    try:
        os.environ |= {
            "SOFTNLABS_VAR": str(var),
            "DATABASE_URL": embedded.database_url(var),
            "REDIS_URL": embedded.redis_url(var),
            "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
        }
        _let_checkpoints(embedded.database_url(var))
        _running.append(servers)
        yield servers
    finally:
        _running.clear()
        servers.stop()
        shutil.rmtree(var, ignore_errors=True)


def _let_checkpoints(url: str) -> None:
    """Each side begins with the log written out; the site's own role may not ask for that."""
    with (
        contextlib.closing(psycopg2.connect(postgres.administrator_url(url))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"GRANT pg_checkpoint TO {postgres.NAME}")


def pids() -> list[int]:
    """The processes of PostgreSQL and Redis."""
    return [process.pid for servers in _running for process in servers.running.values()]


def restart_cold() -> None:
    """Start PostgreSQL anew, with nothing of its files in its own memory nor in the kernel's."""
    (servers,) = _running
    stopped = servers.running.pop(embedded.POSTGRES)
    processes.end(stopped, signal.SIGINT, seconds=postgres.STOP_SECONDS)
    for path in filter(Path.is_file, (servers.var / embedded.POSTGRES).rglob("*")):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    servers.start()


def check_durable(settings: dict[str, str]) -> None:
    """Raise :class:`NotDurableError` unless every setting of :data:`MUST_BE_ON` is."""
    off = [name for name in MUST_BE_ON if settings.get(name) != "on"]
    if off:
        message = f"Nothing is measured with {', '.join(off)} off."
        raise NotDurableError(message)
