"""The whole site as one process: it says where it is, refuses a second self, heals, and leaves nothing behind."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from softnlabs.serve import Code

pytestmark = pytest.mark.fault


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """A running ``softnlabs.serve`` on a folder and a port of its own."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.log = var.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=settings.BASE_DIR, stdout=log
            )

    command = [sys.executable, "-m", "softnlabs.serve"]

    @property
    def environment(self) -> dict[str, str]:
        given = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        return given | {"SOFTNLABS_VAR": str(self.var), "PORT": str(self.port)}

    def said(self, words: str, *, times: int = 1, within: float = 60) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.process.poll() is None:
            if len(re.findall(words, self.log.read_text())) >= times:
                return True
            time.sleep(0.05)
        return False

    def health(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site") / "var", free_port())
    yield site
    site.process.kill()
    site.process.wait()


def second(site: Site, **different: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        site.command,
        env=site.environment | different,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_says_where_it_is_once_all_is_up(site: Site):
    assert site.said("Le portail fonctionne"), site.log.read_text()
    assert site.health() == http.client.OK
    said = site.log.read_text()
    assert f"http://127.0.0.1:{site.port}/fr/" in said
    assert re.search(r"one-time password [a-z2-9-]{23}\n", said)
    assert "\x1b[" not in said


def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(site: Site):
    refused = second(site)
    assert refused.returncode == Code.ALREADY_RUNNING
    assert str(site.process.pid) in refused.stdout
    assert site.health() == http.client.OK


def test_a_port_that_is_taken_is_named(site: Site, tmp_path: Path):
    refused = second(site, SOFTNLABS_VAR=str(tmp_path))
    assert refused.returncode == Code.PORT_TAKEN
    assert f"PORT={site.port + 1}" in refused.stdout


def test_a_wrong_environment_is_explained(site: Site, tmp_path: Path):
    refused = second(site, SOFTNLABS_VAR=str(tmp_path), PORT="eight thousand")
    assert refused.returncode == Code.BAD_SETTINGS
    assert "eight thousand" in refused.stdout


def test_what_it_writes_is_for_its_own_account(site: Site):
    public = site.var / "static"
    written = [path for path in site.var.rglob("*") if path.is_file() and public not in path.parents]
    assert len(written) > 5
    assert [path for path in written if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("program", ["redis-server", "postgres", "celery", "gunicorn"])
def test_a_part_that_is_killed_comes_back(site: Site, program: str):
    victim = next(
        child for child in psutil.Process(site.process.pid).children() if program in " ".join(child.cmdline())
    )
    before = len(re.findall("start(ed|s) again", site.log.read_text()))
    victim.kill()
    assert site.said("start(ed|s) again", times=before + 1)
    deadline = time.monotonic() + 30
    while site.health() != http.client.OK and time.monotonic() < deadline:
        time.sleep(0.1)
    assert site.health() == http.client.OK


def test_ctrl_c_stops_everything_and_leaves_no_process(site: Site):
    children = site.children()
    assert len(children) > 5
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(40) == Code.STOPPED
    _gone, alive = psutil.wait_procs(children, timeout=5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    assert "Tout est arrêté" in site.log.read_text()
