"""What `make run` runs: PostgreSQL and Redis unless the environment names them, then web server, worker and beat.

    python -m softnlabs.local.serve

Everything ends with Ctrl-C, or with a SIGTERM to this process. Exit codes: see `ExitCode`.
"""

import enum
import io
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, SystemCheckError
from django.db import DEFAULT_DB_ALIAS, connections

from softnlabs import assets, environment, translations
from softnlabs.local import embedded
from softnlabs.local.start_message import HOST, StartMessage
from softnlabs.local.supervisor import Console, ManagedProcess, Supervisor

GRACE_SECONDS = 15.0  # for the worker to finish a batch; the rest of its work stays in PostgreSQL
# Scheduled tasks run every few seconds and mostly find nothing to do: logging each would hide all other lines.
ROUTINE = r"Scheduler: Sending due task|Task \S+ (received|succeeded in)"
NOT_YET_UP = r"Service Unavailable: GET /health/"
CYAN, GREEN, MAGENTA, RED = 36, 32, 35, 31


class ExitCode(enum.IntEnum):
    STOPPED = 0
    ALREADY_RUNNING = 3
    PORT_TAKEN = 4
    SERVER_DID_NOT_START = 5
    BAD_SETTINGS = 6
    STOPPED_AT_ONCE = 130


class StartRefusedError(Exception):
    """It cannot start. The message says what to do about it."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def main() -> int:
    """Run until a signal. Returns the exit code."""
    os.umask(0o077)  # mail, visits and logs hold personal data: for this account alone
    console = Console()
    stop_signals = _listen_for_stop()
    try:
        _read_settings()
        with _servers(console) as servers:
            _check_port(settings.PORT)
            sign_in = _prepare(console)
            _run(console, servers, sign_in, stop_signals)
    except StartRefusedError as refused:
        console.say("run", console.paint(str(refused), RED))
        return refused.code
    except SystemCheckError as refusal:
        for line in str(refusal).splitlines():
            console.say("run", console.paint(line, RED))
        return ExitCode.BAD_SETTINGS
    except KeyboardInterrupt:
        return ExitCode.STOPPED_AT_ONCE
    console.say("run", "Everything has stopped. / Tout est arrêté.")
    return ExitCode.STOPPED


def _read_settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
    try:
        _ = settings.VAR
    except environment.NotWholeError as error:
        raise StartRefusedError(ExitCode.BAD_SETTINGS, str(error)) from error
    except (RuntimeError, ValueError, ImproperlyConfigured) as error:
        message = f"The environment is not right: {type(error).__name__}: {error}"
        raise StartRefusedError(ExitCode.BAD_SETTINGS, message) from error


def _listen_for_stop() -> list[int]:
    """A list that stays empty until a signal asks to stop; a second signal raises KeyboardInterrupt."""
    stop_signals: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop_signals:
            raise KeyboardInterrupt
        stop_signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    return stop_signals


@contextmanager
def _servers(console: Console) -> Iterator[embedded.Servers]:
    """Own the `var` folder, with the servers for which the environment has no address."""
    named = {embedded.POSTGRES: "DATABASE_URL", embedded.REDIS: "REDIS_URL"}
    missing = [server for server, variable in named.items() if not os.environ.get(variable)]
    console.say("run", f"Starting on {settings.VAR}" + (f" with {' and '.join(missing)}" if missing else ""))
    try:
        servers = embedded.start(settings.VAR, names=missing)
    except embedded.ServersAlreadyRunningError as error:
        message = f"{error} Use that one, or end it first (Ctrl-C there, or: kill {error.pid})."
        raise StartRefusedError(ExitCode.ALREADY_RUNNING, message) from error
    except embedded.ServerStartError as error:
        raise StartRefusedError(ExitCode.SERVER_DID_NOT_START, str(error)) from error
    try:
        yield servers
    finally:
        servers.stop()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = (
                f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT={port + 1}"
            )
            raise StartRefusedError(ExitCode.PORT_TAKEN, message) from error


def _prepare(console: Console) -> str:
    """Bring the database, the content and the assets up to date. Returns how the controller signs in."""
    console.say("run", "Preparing the database, the content and the assets")
    translations.compile_stale(settings.BASE_DIR)
    django.setup()
    BaseCommand().check()  # call_command skips system checks
    assets.collect_stale()
    call_command("migrate", interactive=False, verbosity=0)
    for line in _output_of("load_content").splitlines():
        console.say("run", line)
    # Checks that read the database (the policy in force against the rules) are possible only now.
    BaseCommand().check(databases=[DEFAULT_DB_ALIAS])
    sign_in = _output_of("prepare_controller")
    connections.close_all()
    return sign_in


def _output_of(command: str) -> str:
    said = io.StringIO()
    call_command(command, stdout=said)
    return said.getvalue().strip()


def _managed_processes() -> list[ManagedProcess]:
    # Celery warns root because of pickled messages; ours are JSON, and containers run as root.
    celery = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
    celery += ["-A", "softnlabs.celery", "--no-color", "--quiet"]
    # No access log: it would keep IP addresses outside the data map.
    web = [sys.executable, "-m", "gunicorn", "softnlabs.wsgi", "--bind", f"{HOST}:{settings.PORT}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    worker += ["--loglevel", "INFO"]
    beat = [*celery, "beat", "--pidfile", "", "--loglevel", "INFO"]
    return [
        ManagedProcess("web", web, CYAN, muted=NOT_YET_UP),
        ManagedProcess("worker", worker, GREEN, muted=ROUTINE),
        ManagedProcess("beat", beat, MAGENTA, muted=ROUTINE),
    ]


def _run(console: Console, servers: embedded.Servers, sign_in: str, stop_signals: list[int]) -> None:
    supervisor = Supervisor(_managed_processes(), console=console, folder=settings.BASE_DIR)
    start_message = StartMessage(console, sign_in)
    try:
        while not stop_signals:
            supervisor.run_for(0.2)
            for name in servers.revive():
                console.say("run", f"{name} had ended and was started again")
            start_message.show_when_healthy()
        console.say("run", "Stopping")
        supervisor.stop(GRACE_SECONDS)
    finally:
        supervisor.stop(0)  # no effect unless an error or a second signal skipped the line above


if __name__ == "__main__":
    sys.exit(main())
