"""The stage of the journeys: the real site as ``make run`` starts it, and a real browser in front of it.

Without a browser the journeys are left out and counted; with ``JOURNEYS=required`` that is a failure.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = re.compile(r"(\S+@\S+) with the one-time password (\S+)")
STARTED_WITHIN = 120.0


@dataclass
class Site:
    """The running site: its address, what it printed, and who may sign in."""

    url: str
    var: Path
    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)

    def is_healthy(self) -> bool:
        """Whether web server, worker, beat, PostgreSQL and Redis all answer."""
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def controller(self) -> tuple[str, str]:
        """The controller's address and one-time password, as printed at the start."""
        for line in self.printed:
            if found := PASSWORD.search(line):
                return found[1], found[2]
        raise AssertionError("no one-time password was printed:\n" + "".join(self.printed))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that lies here is a journey."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def executable() -> str:
    """The browser of this machine."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("JOURNEYS") == "required":
            pytest.fail("The journeys are required, and there is no Chromium.")
        pytest.skip("journey left out: no Chromium on this machine (Debian: apt-get install chromium)")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site, started as ``make run`` starts it, on servers of its own."""
    var, port = tmp_path_factory.mktemp("site"), _free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "SITE_URL"}
    }
    environment |= {"SOFTNLABS_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "softnlabs.serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Site(f"http://127.0.0.1:{port}", var, process)
    reader = threading.Thread(target=lambda: running.printed.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        _wait_until_up(running)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        reader.join(5)


def _wait_until_up(running: Site) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while not (running.is_healthy() and any(PASSWORD.search(line) for line in running.printed)):
        if running.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError("the site did not come up:\n" + "".join(running.printed))
        time.sleep(0.3)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, executable: str) -> Iterator[Browser]:
    """One browser for all journeys; each person gets a context of their own."""
    with playwright.chromium.launch(executable_path=executable, args=QUIET) as chromium:
        yield chromium


class People:
    """Opens a browser window for somebody, and notes whatever it asked of another host."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.strangers: list[str] = []
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def arrive(self, **options: object) -> Page:
        """A new window, as after a fresh installation; ``options`` are those of a browser context."""
        context = self.browser.new_context(base_url=self.site.url, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.route("**/*", self._stay_home)
        context.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.contexts.append(context)
        return context.new_page()

    def _stay_home(self, route: Route) -> None:
        if route.request.url.startswith((self.site.url, "data:", "blob:")):
            route.continue_()
        else:
            self.strangers.append(route.request.url)
            route.abort()


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """The people of one journey. At its end nothing was asked of another host, and no page had an error."""
    everybody = People(browser, site)
    yield everybody
    for context in everybody.contexts:
        context.close()
    assert everybody.strangers == []
    assert everybody.faults == []
