"""The whole site as one process: it says where it is, refuses a second self, heals, and leaves nothing behind."""

import http.client
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.conf import settings

from privacy.files.spool import Spool
from softnlabs.local import embedded
from softnlabs.local.serve import ExitCode
from softnlabs.local.supervisor import LONGEST_PAUSE
from tests.site import COMMAND, Site, free_port, open_folder

pytestmark = pytest.mark.fault
VISITOR = re.compile(r"visitor=([0-9a-f-]{36})")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_folder() as folder:
        site = Site(folder / "var", free_port())
        yield site
        site.process.kill()
        site.process.wait()


def second(site: Site, **different: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND,
        env=site.environment | different,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_says_where_it_is_once_all_is_up(site: Site):
    assert site.is_up(), site.log.read_text()
    assert site.is_healthy()
    said = site.log.read_text()
    assert f"http://127.0.0.1:{site.port}/fr/" in said
    assert site.controller()[0] == settings.CONTROLLER["email"]
    assert "\x1b[" not in said


def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(site: Site):
    refused = second(site)
    assert refused.returncode == ExitCode.ALREADY_RUNNING
    assert str(site.process.pid) in refused.stdout
    assert site.is_healthy()


def test_a_port_that_is_taken_is_named(site: Site):
    with open_folder() as folder:
        refused = second(site, SOFTNLABS_VAR=str(folder))
    assert refused.returncode == ExitCode.PORT_TAKEN
    assert f"PORT={site.port + 1}" in refused.stdout


def test_a_wrong_environment_is_explained(site: Site, tmp_path: Path):
    refused = second(site, SOFTNLABS_VAR=str(tmp_path), PORT="eight thousand")
    assert refused.returncode == ExitCode.BAD_SETTINGS
    assert "PORT is no port" in refused.stdout


def test_a_hosting_place_outside_the_union_stops_the_start_in_words(site: Site):
    with open_folder() as folder:
        refused = second(site, SOFTNLABS_VAR=str(folder), PORT=str(free_port()), HOSTING_PLACES="US Ashburn")
    assert refused.returncode == ExitCode.BAD_SETTINGS
    assert "outside the European Union" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


def test_what_it_writes_is_for_its_own_account(site: Site):
    public = site.var / "static"
    written = [path for path in site.var.rglob("*") if path.is_file() and public not in path.parents]
    assert len(written) > 5
    assert [path for path in written if path.stat().st_mode & 0o077] == []


@contextmanager
def visitors(site: Site, answered: list[str]) -> Iterator[None]:
    """Two of them, who ask for one page after the other; the numbers they were given with a page are ``answered``."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.02):
            page = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
            with suppress(OSError, http.client.HTTPException), closing(page):
                page.request("GET", "/")
                response = page.getresponse()
                if response.status == http.client.OK and response.read().rstrip().endswith(b"</html>"):
                    answered.extend(VISITOR.findall(str(response.headers)))

    threads = [threading.Thread(target=ask) for _visitor in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


ANSWERED: list[str] = []
# How many parts run each: the worker and beat are one program.
PROGRAMS = {"redis-server": 1, "postgres": 1, "celery": 2, "gunicorn": 1}


def running(site: Site, program: str, *, without: int | None = None) -> list[psutil.Process]:
    """The parts that run ``program``, once all of them do: a part that ends again and again pauses for longer."""
    deadline = time.monotonic() + LONGEST_PAUSE + 30
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            parts = [part for part in site.child_processes() if program in " ".join(part.cmdline())]
            if len(parts) == PROGRAMS[program] and without not in {part.pid for part in parts}:
                return parts
        time.sleep(0.1)
    pytest.fail(f"not every part with {program} runs:\n{site.log.read_text()}")


@pytest.mark.parametrize("is_whole", [False, True], ids=["alone", "with its children"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_part_that_is_killed_comes_back(site: Site, program: str, is_whole: bool):
    victim = running(site, program)[0]
    before = len(re.findall("start(ed|s) again", site.log.read_text()))
    with visitors(site, ANSWERED):
        for process in [victim, *(victim.children(recursive=True) if is_whole else [])]:
            process.kill()
        assert site.has_logged("start(ed|s) again", times=before + 1)
        deadline = time.monotonic() + 30
        while not site.is_healthy() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert running(site, program, without=victim.pid)
    assert site.is_healthy()


def test_of_the_visits_meanwhile_none_was_lost_and_none_doubled(site: Site):
    spool = Spool(site.var / "spool")
    deadline = time.monotonic() + 30
    while spool.segments() and time.monotonic() < deadline:
        time.sleep(0.1)
    with closing(psycopg2.connect(embedded.database_url(site.var))) as database, database.cursor() as cursor:
        cursor.execute("SELECT visitor::text, count(*) FROM privacy_visit GROUP BY 1")
        found = dict(cursor.fetchall())
    assert len(ANSWERED) > 20
    assert {visitor: found.get(visitor) for visitor in ANSWERED} == dict.fromkeys(ANSWERED, 1)
    assert set(found.values()) == {1}
    assert not list(spool.aside.glob("*"))


def test_ctrl_c_stops_everything_and_leaves_no_process(site: Site):
    children = psutil.Process(site.process.pid).children(recursive=True)
    assert len(children) > 5
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(40) == ExitCode.STOPPED
    _gone, alive = psutil.wait_procs(children, timeout=5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    assert "Tout est arrêté" in site.log.read_text()
