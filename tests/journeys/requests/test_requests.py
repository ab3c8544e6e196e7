"""On a small phone without JavaScript: a request is filed, confirmed, followed in another browser, and withdrawn."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People, wider

PHONE = {"width": 320, "height": 640}
WORDS = {
    "/": {
        "send": "Send my request",
        "confirm": "Confirm my request",
        "confirming": "Confirm your request about your data",
        "working": "We are working on it",
        "write": "Send my message",
        "wrote": "You wrote",
        "locked": "This page opens by e-mail",
        "new link": "Mail me a new link",
        "link": "The link to your request",
        "open": "Open my request",
        "withdraw": "Withdraw this request",
        "sure": "Withdraw request",
        "withdrawn": "You have withdrawn this request",
        "dead": "This link does not open anything",
    },
    "/fr/": {
        "send": "Envoyer ma demande",
        "confirm": "Confirmer ma demande",
        "confirming": "Confirmez votre demande sur vos données",
        "working": "Nous y travaillons",
        "write": "Envoyer mon message",
        "wrote": "Vous avez écrit",
        "locked": "Cette page s’ouvre par e-mail",
        "new link": "M’envoyer un nouveau lien",
        "link": "Le lien vers votre demande",
        "open": "Ouvrir ma demande",
        "withdraw": "Retirer cette demande",
        "sure": "Retirer la demande",
        "withdrawn": "Vous avez retiré cette demande",
        "dead": "Ce lien n’ouvre rien",
    },
}


def _follow_mail(page: Page, subject: str, kind: str, address: str) -> None:
    """Open the newest mail of this subject to this address, and the link in it."""
    letter = page.locator("tr").filter(has_text=address).get_by_role("link", name=subject)
    for _ in range(60):
        page.goto("/mail/")
        if letter.count():
            break
        page.wait_for_timeout(500)
    letter.first.click()
    page.locator(f'.letter a[href*="/privacy/requests/{kind}/"]').click()


@pytest.mark.parametrize("language", ["/", "/fr/"])
def test_a_request_is_filed_confirmed_followed_and_withdrawn(people: People, language: str) -> None:
    words, address = WORDS[language], f"alice{language.strip('/')}@example.org"
    page = people.arrive(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{language}privacy/requests/new/")
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_role("alert")).to_be_visible()
    for field, text in {"first_name": "Alice", "surname": "Martin", "email": address}.items():
        page.fill(f"#id_{field}", text)
    page.locator("[name=rights][value=ACCESS]").check()
    page.get_by_role("button", name=words["send"]).click()

    _follow_mail(page, words["confirming"], "confirm", address)
    assert page.url.endswith(f"{language}privacy/requests/confirm/")
    assert wider(page) == 0
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_text(words["working"])).to_be_visible()
    followed = page.url
    page.fill("#id_text", "And in May?")
    page.get_by_role("button", name=words["write"]).click()
    expect(page.get_by_text(words["wrote"])).to_be_visible()
    assert wider(page) == 0

    other = people.arrive(java_script_enabled=False, viewport=PHONE)
    other.goto(followed)
    expect(other.locator("h1")).to_have_text(words["locked"])
    expect(other.get_by_text("Alice")).to_have_count(0)
    other.get_by_role("button", name=words["new link"]).click()
    _follow_mail(other, words["link"], "follow", address)
    other.get_by_role("button", name=words["open"]).click()
    assert other.url == followed
    other.get_by_role("link", name=words["withdraw"]).click()
    other.get_by_role("button", name=re.compile(words["sure"])).click()
    expect(other.get_by_text(words["withdrawn"])).to_be_visible()

    page.goto(f"{language}privacy/requests/follow/a-link-cut-short/")
    expect(page.locator("h1")).to_have_text(words["dead"])
    assert wider(page) == 0
    # The browser notes an answer other than 200 as an error; these two pages are refusals on purpose.
    people.console_errors = [
        fault for fault in people.console_errors if "403" not in fault and "410" not in fault
    ]
