"""PostgreSQL and Redis for the benchmarks, with default settings and a data folder of their own.

Nothing is measured on a cluster without durable commits: that would flatter every peer.
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
    """A setting is off that production must have on."""


@contextlib.contextmanager
def running(var: Path) -> Iterator[embedded.Servers]:
    """Fresh servers under `var`, with Django configured for them. Deleted afterwards."""
    shutil.rmtree(var, ignore_errors=True)
    servers = embedded.start(var)
    try:
        os.environ |= {
            "SOFTNLABS_VAR": str(var),
            # One role does both: what is measured also fills, truncates and drops tables.
            "DATABASE_URL": embedded.owner_url(var),
            "REDIS_URL": embedded.redis_url(var),
            "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
        }
        _let_checkpoints(embedded.administrator_url(var))
        _running.append(servers)
        yield servers
    finally:
        _running.clear()
        servers.stop()
        shutil.rmtree(var, ignore_errors=True)


def _let_checkpoints(administrator_url: str) -> None:
    """Each side starts after a checkpoint, which the site's own role may not request."""
    with (
        contextlib.closing(psycopg2.connect(administrator_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"GRANT pg_checkpoint TO {postgres.NAME}")


def pids() -> list[int]:
    """Of PostgreSQL and Redis."""
    return [process.pid for servers in _running for process in servers.running.values()]


def restart_cold() -> None:
    """Restart PostgreSQL with none of its files in its own memory or in the kernel's page cache."""
    (servers,) = _running
    stopped = servers.running.pop(embedded.POSTGRES)
    processes.end(stopped, signal.SIGINT, seconds=postgres.STOP_SECONDS)
    for path in filter(Path.is_file, (servers.var / embedded.POSTGRES).rglob("*")):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    servers.start()


def check_durable(settings: dict[str, str]) -> None:
    """Raises `NotDurableError` unless every setting in `MUST_BE_ON` is on."""
    off = [name for name in MUST_BE_ON if settings.get(name) != "on"]
    if off:
        message = f"Nothing is measured with {', '.join(off)} off."
        raise NotDurableError(message)
