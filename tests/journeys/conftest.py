"""The stage of the journeys: the real site as ``make run`` starts it, and a real browser in front of it.

Without a browser the journeys are left out and counted; with ``JOURNEYS=required`` that is a failure.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, sync_playwright

from tests.browser import chromium
from tests.site import Site, free_port, open_folder

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that lies here is a journey."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The whole site, started as ``make run`` starts it, on servers of its own."""
    with open_folder() as folder:
        site = Site(folder / "var", free_port())
        try:
            assert site.is_up(), f"the site did not come up:\n{site.log.read_text()}"
            yield site
        finally:
            site.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all journeys; each person gets a context of their own."""
    with playwright.chromium.launch(executable_path=chromium(), args=QUIET) as running:
        yield running


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
