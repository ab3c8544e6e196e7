"""Somebody answers an offer on a small phone without JavaScript, corrects the form, and is answered by the desk."""

import pytest
from playwright.sync_api import FilePayload, expect

from tests import documents
from tests.journeys.conftest import People, wider

PHONE = {"width": 320, "height": 640}
WORDS = {
    "/": (
        "Python and Django developer",
        "Apply",
        "Send your application",
        "script",
        "We kept your file",
        "Thank you",
    ),
    "/fr/": (
        "Développement Python",
        "Postuler",
        "Envoyer votre candidature",
        "script",
        "Nous avons gardé",
        "Merci",
    ),
}


def _file(content: bytes) -> FilePayload:
    return {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": content}


@pytest.mark.parametrize("language", ["/", "/fr/"])
def test_an_offer_is_answered_and_the_cv_is_chosen_once(people: People, language: str) -> None:
    offer, apply, send, refused, kept, thanks = WORDS[language]
    page = people.arrive(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{language}careers/")
    page.get_by_role("link", name=offer).click()
    page.get_by_role("main").get_by_role("link", name=apply, exact=True).click()
    typed = {
        "first_name": "Alice",
        "email": "alice@example.org",
        "qualifications": "Licence",
        "experience": "Python",
    }
    for field, words in typed.items():
        page.fill(f"#id_{field}", words)

    page.set_input_files("#id_cv", _file(documents.script_pdf()))
    page.get_by_role("button", name=send).click()
    expect(page.locator("#id_cv_error")).to_contain_text(refused)
    expect(page.locator("#id_experience")).to_have_value("Python")

    page.set_input_files("#id_cv", _file(documents.pdf()))
    page.get_by_role("button", name=send).click()
    expect(page.get_by_text(kept)).to_be_visible()
    assert wider(page) == 0

    page.fill("#id_surname", "Lasserre")
    page.get_by_role("button", name=send).click()
    expect(page.locator("h1")).to_contain_text(thanks)
    assert wider(page) == 0
