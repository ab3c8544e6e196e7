"""A running site for the tests that need one: the same process that ``make run`` starts."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from django.conf import settings

PASSWORD = re.compile(r"(\S+@\S+) with the one-time password ([a-z2-9-]{23})\n")
STARTED_WITHIN = 600.0  # seconds: other tests may run beside it
COMMAND = [sys.executable, "-m", "softnlabs.local.serve"]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for servers: as root they run as another account, which pytest's own folders keep out."""
    with TemporaryDirectory(prefix="portal-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """``softnlabs.local.serve`` on a folder and a port of its own, with servers of its own."""

    def __init__(self, var: Path, port: int, **variables: str) -> None:
        self.var, self.port, self.variables = var, port, variables
        self.log = var.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                COMMAND, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        given = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        }
        return given | self.variables | {"SOFTNLABS_VAR": str(self.var), "PORT": str(self.port)}

    def has_logged(self, words: str, *, times: int = 1, within: float = 60) -> bool:
        """Whether the log has these words (a regular expression), now or soon."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.process.poll() is None:
            if len(re.findall(words, self.log.read_text())) >= times:
                return True
            time.sleep(0.05)
        return False

    def is_up(self) -> bool:
        """Whether it says that all is up; after that, /health/ answered 200."""
        return self.has_logged("Le portail fonctionne", within=STARTED_WITHIN)

    def controller(self) -> tuple[str, str]:
        """The controller's address and one-time password, as printed at the start."""
        found = PASSWORD.search(self.log.read_text())
        assert found, self.log.read_text()
        return found[1], found[2]

    def is_healthy(self) -> bool:
        """Whether web server, worker, beat, PostgreSQL and Redis all answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()

    def manage(self, *words: str) -> str:
        """Run ``manage.py`` on this site's data; returns what it said."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, env=self.environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
        )
        return done.stdout

    def child_processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        self.process.terminate()
        return self.process.wait(60)
