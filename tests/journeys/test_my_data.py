"""A client signs in, looks at her data on a wide and on a narrow window, and acts without a mouse or a script."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.axe import findings
from tests.journeys.conftest import PASSWORD, People, wider

MAKE = (
    "from softnlabs.website.accounts.models import User; User.objects.filter(email='{0}').exists() or "
    "User.objects.create_user('{0}', '{1}', first_name='Clara', surname='Petit')"
)
PAGE = "/account/data/"


@pytest.fixture
def client(people: People) -> str:
    """Her address."""
    email = "clara@example.org"
    people.site.manage("shell", "-c", MAKE.format(email, PASSWORD))
    return email


def sign_in(page: Page, email: str, prefix: str = "") -> None:
    page.goto(prefix + PAGE)
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#held").wait_for()  # the address of the page of sign-in ends the same way


@pytest.mark.parametrize(("prefix", "width"), [("", 1100), ("/fr", 390)])
def test_every_page_of_hers_under_axe(people: People, client: str, prefix: str, width: int):
    page = people.arrive(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    sign_in(page, client, prefix)
    found, too_wide = findings(page), wider(page)
    for summary in page.locator("details.holding > summary").all():
        summary.click()
    found += findings(page)
    too_wide = max(too_wide, wider(page))
    correction = page.locator("a[href$='/surname/']").first.get_attribute("href")
    for address in (str(correction), f"{prefix}/privacy/requests/mine/?right=ACCESS", f"{prefix}/account/"):
        page.goto(address)
        found += findings(page)
        too_wide = max(too_wide, wider(page))
    assert found == []
    assert too_wide == 0


def test_with_the_keyboard_alone(people: People, client: str):
    page = people.arrive()
    sign_in(page, client)
    page.locator("summary", has_text="Your account").focus()
    page.keyboard.press("Enter")
    page.locator("a[href$='/surname/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/correct/website.user/**")
    page.locator("#id_wished").fill("Petit-Jean")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/requests/*-*/")
    assert "It should say: “Petit-Jean”" in page.locator("main").inner_text()


def test_without_a_script(people: People, client: str, tmp_path: Path):
    page = people.arrive(java_script_enabled=False)
    sign_in(page, client)
    page.locator("#opt-in-1").check()
    page.get_by_role("button", name="Agree to commercial messages").click()
    page.get_by_role("button", name="Stop commercial messages").click()
    assert page.get_by_role("status").first.inner_text() == "Commercial messages are stopped."
    with page.expect_download() as download:
        page.get_by_role("button", name="Download this as JSON").click()
    download.value.save_as(tmp_path / "my-data.json")
    assert json.loads((tmp_path / "my-data.json").read_text())["format"] == "softnlabs-my-data/1"
