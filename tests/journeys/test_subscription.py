"""Somebody asks to be told of new versions: on a small phone, without JavaScript, confirmed from the mailbox."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People, wider

PHONE = {"width": 320, "height": 640}
WORDS = {
    "/": ("News by e-mail", "Tell me of new versions", "Confirm my subscription", "You will be told"),
    "/fr/": (
        "Nouvelles par e-mail",
        "Prévenez-moi des nouvelles versions",
        "Confirmer mon inscription",
        "Vous serez prévenu",
    ),
}


@pytest.mark.parametrize("language", ["/", "/fr/"])
def test_news_are_asked_for_and_confirmed(people: People, language: str) -> None:
    link, ask, confirm, done = WORDS[language]
    email = f"reader{language.strip('/')}@example.org"
    page = people.arrive(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{language}privacy/")
    page.get_by_role("link", name=link, exact=True).click()
    page.fill("#id_email", email)
    page.get_by_role("button", name=ask).click()
    page.goto(_link_in_letter(page, f"{language}mail/", email))
    expect(page).to_have_url(f"{people.site.url}{language}privacy/updates/confirm/")
    page.get_by_role("button", name=confirm).click()
    expect(page.locator("h1")).to_have_text(done)


@pytest.mark.parametrize("language", ["/", "/fr/"])
@pytest.mark.parametrize("name", ["", "sent/", "done/", "confirm/", "stop/not-a-token/"])
def test_each_page_fits_a_small_phone(people: People, language: str, name: str) -> None:
    page = people.arrive(viewport=PHONE)
    page.goto(f"{language}privacy/updates/{name}")
    assert wider(page) == 0
    people.console_errors.clear()  # the browser calls a page of status 410 an error


def _link_in_letter(page: Page, address: str, to: str) -> str:
    """Wait for the worker, as a person does: by loading the page again."""
    row = page.get_by_role("row").filter(has_text=to)
    for _ in range(30):
        page.goto(address)
        if row.count():
            break
        page.wait_for_timeout(500)
    row.first.get_by_role("link").click()
    return str(page.locator('a[href*="/updates/confirm/"]').first.get_attribute("href"))
