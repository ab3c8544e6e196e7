"""What axe finds on a page of a journey."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.journeys.conftest import wider

PHONES = (320, 390)  # pixels

# Of what is right, axe then names one element of each rule rather than all, which took most of the time.
# Only rules that it leaves out by default read style sheets; it would load anew those that others import, from
# addresses that do not exist, into styles that our policy refuses.
RUN = "axe.run(document, {resultTypes: ['violations'], preload: false})"
# Dark and light differ in colours alone.
CONTRAST = RUN.replace("{", "{runOnly: ['color-contrast'], ", 1)


def findings(page: Page, run: str = RUN) -> list[str]:
    """What axe found: rule, element and reason; every rule it has."""
    page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate(run)
    return [
        f"{page.url} {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def findings_in_light_and_dark(page: Page) -> list[str]:
    found = findings(page)
    page.emulate_media(color_scheme="dark")
    found += findings(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    return found


def flaws(page: Page) -> list[str]:
    """What axe finds, and at which width of a phone the page is wider than that."""
    before, found = page.viewport_size, findings(page)
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{page.url} is {more} pixels wider than {width}" for more in [wider(page)] if more > 0]
    if before:
        page.set_viewport_size(before)
    return found
