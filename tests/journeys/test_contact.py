"""Somebody writes to us: on a small phone, without JavaScript, by keyboard; and finds the confirmation."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People, wider

PHONE = {"width": 320, "height": 640}
PAGES = (
    "",
    "contact/",
    "contact/thanks/",
    "careers/",
    "careers/apply/",
    "privacy/",
    "privacy/versions/",
    "privacy/data/",
    "privacy/promises/",
    "privacy/choices/",
    "privacy/requests/new/",
    "account/sign-in/",
    "account/sign-up/",
    "account/sent/",
    "account/password/forgotten/",
    "mail/",
)
WORDS = {
    "/": ("Send your message", "does not look like", "Thank you", "We have received your message"),
    "/fr/": ("Envoyer votre message", "Ceci ne ressemble pas", "Merci", "Nous avons bien reçu votre message"),
}


@pytest.mark.parametrize("language", ["/", "/fr/"])
def test_a_message_is_written_mended_and_confirmed(people: People, language: str) -> None:
    send, wrong, thanks, confirmed = WORDS[language]
    page = people.arrive(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{language}contact/")
    for field, typed in {
        "first_name": "Alice",
        "surname": "Lasserre",
        "email": "alice",
        "message": "Hello",
    }.items():
        page.fill(f"#id_{field}", typed)
    expect(page.locator("#id_opt_in")).not_to_be_checked()
    page.get_by_role("button", name=send).click()

    expect(page.locator("#id_email_error")).to_contain_text(wrong)
    expect(page.locator("#id_surname")).to_have_value("Lasserre")
    writer = f"lasserre{language.strip('/')}@example.org"  # to whom no other journey has mail sent
    page.fill("#id_email", writer)
    page.get_by_role("button", name=send).click()
    expect(page.locator("h1")).to_contain_text(thanks)

    _open_letter(page, f"{language}mail/", writer)
    expect(page.locator("h1")).to_have_text(re.compile(rf"^{confirmed} \[\S+\]$"))
    expect(page.locator(f'a[href$="{language}privacy/requests/new/"]').first).to_be_visible()


def _open_letter(page: Page, address: str, to: str) -> None:
    """Wait for the worker, as a person does: by loading the page again."""
    row = page.get_by_role("row").filter(has_text=to)
    for _ in range(30):
        page.goto(address)
        if row.count():
            break
        page.wait_for_timeout(500)
    row.first.get_by_role("link").click()


def test_the_error_summary_is_where_one_lands(people: People) -> None:
    page = people.arrive()
    page.goto("/contact/")
    page.get_by_role("button", name="Send your message").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("link", name=re.compile("^Surname")).click()
    expect(page.locator("#id_surname")).to_be_focused()


def test_the_keyboard_comes_first_to_the_content(people: People) -> None:
    page = people.arrive()
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["/", "/fr/"])
def test_every_page_fits_a_small_phone(people: People, language: str, scheme: str) -> None:
    page = people.arrive(viewport=PHONE, color_scheme=scheme)
    for path in PAGES:
        answer = page.goto(language + path)
        assert answer is not None
        assert answer.status == 200, path
        assert wider(page) == 0, path
        assert page.evaluate("document.querySelectorAll('[style], style, script:not([src])').length") == 0, (
            path
        )
