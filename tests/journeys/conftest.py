"""The stage of the journeys: the real site as ``make run`` starts it, and a real browser in front of it.

Without a browser the journeys are left out and counted; with ``JOURNEYS=required`` that is a failure.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)

from tests import actors
from tests.needs import chromium
from tests.site import Site, free_port, open_folder

PASSWORD = "a phrase that only she knows"
# That of headless Chromium is one of a robot, whose visits are not recorded.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
NETWORKS = itertools.cycle(range(256))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def wider(page: Page) -> int:
    """By how many pixels a page is wider than its window, once its styles have come too."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that lies here is a journey."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The whole site, started as ``make run`` starts it, on servers of its own."""
    with open_folder() as folder:
        site = Site(folder / "var", free_port(), TRUSTED_PROXIES="1")
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


def signs_in_again(password: Locator) -> None:
    """Whoever signed in more than ten minutes ago is asked again before what matters."""
    password.fill(PASSWORD)
    password.press("Enter")
    expect(password).to_have_count(0)


def adds_an_app(page: Page) -> None:
    """From the page of second steps to the recovery codes; the app is this function."""
    page.locator("a[href$='/account/second-step/app/']").click()
    page.locator("[name=code]").fill(actors.code(page.locator("code").inner_text()))
    page.locator("[name=code]").press("Enter")
    expect(page.locator("code")).to_have_count(10)


class People:
    """Opens a browser window for somebody, and notes whatever it asked of another host."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.external_requests: list[str] = []
        self.console_errors: list[str] = []
        self.contexts: list[BrowserContext] = []
        # What one journey sends does not count against the next one, which comes from another network.
        self.network = {"X-Forwarded-For": f"198.18.{next(NETWORKS)}.7"}

    def arrive(self, **options: object) -> Page:
        """A new window, as after a fresh installation; ``options`` are those of a browser context."""
        defaults = {"base_url": self.site.url, "accept_downloads": True, "user_agent": USER_AGENT}
        headers = self.network | options.pop("extra_http_headers", {})  # type: ignore[operator]
        context = self.browser.new_context(extra_http_headers=headers, **defaults | options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.route("**/*", self._stay_home)
        context.on(
            "console", lambda said: self.console_errors.append(said.text) if said.type == "error" else None
        )
        self.contexts.append(context)
        page = context.new_page()
        if "storage_state" in options:
            again = page.locator("[name=again-password]")
            page.add_locator_handler(again, signs_in_again)
        return page

    def _stay_home(self, route: Route) -> None:
        if route.request.url.startswith((self.site.url, "data:", "blob:")):
            route.continue_()
        else:
            self.external_requests.append(route.request.url)
            route.abort()


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    """The people of one journey. At its end nothing was asked of another host, and no page had an error."""
    everybody = People(browser, site)
    yield everybody
    for context in everybody.contexts:
        context.close()
    assert everybody.external_requests == []
    assert everybody.console_errors == []


@pytest.fixture(scope="session")
def controller_state(browser: Browser, site: Site) -> Any:
    """The controller's browser after her first sign-in: a password of her own, an app for codes, her training."""
    email, one_time = site.controller()
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/admin/")
    page.locator("[name=username]").fill(email)
    page.locator("[name=password]").fill(one_time)
    page.locator("input[type=submit]").click()
    page.locator("[name=old_password]").fill(one_time)
    for name in ("new_password1", "new_password2"):
        page.locator(f"[name={name}]").fill(PASSWORD)
    page.locator("input[type=submit]").click()
    page.wait_for_url("**/account/second-step/")
    adds_an_app(page)
    page.goto("/admin/")
    assert page.locator("#site-name").is_visible()
    page.get_by_role("link", name="Read our page of confidentiality and confirm it").click()
    page.locator("[name=is_read]").check()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state
