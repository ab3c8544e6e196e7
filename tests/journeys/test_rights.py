"""Several rights in one request, as the person and as the controller: corrected, kept back, erased, told."""

import re

import pytest
from django.utils import translation
from playwright.sync_api import expect

from dsr.kinds import QUESTIONS, Kind
from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import Person

PHONE = {"width": 320, "height": 640}


def _ticks(person: Person, *kinds: Kind) -> None:
    """Tick these lines of the form and no other."""
    for kind in Kind:
        person.page.locator(f"[name=kinds][value={kind}]").set_checked(kind in kinds)
    with translation.override(person.language):
        for kind in kinds:
            expect(person.page.get_by_label(str(QUESTIONS[kind]))).to_be_checked()


def _confirms(person: Person) -> str:
    """Press the button behind the mailed link; returns the reference."""
    (link,) = [
        link for link in story.opens_mail(person, "Confirm your request about your data") if "confirm" in link
    ]
    person.page.goto(link)
    browser = person.page.locator("[name=browser][value=no]")
    if browser.count():
        browser.check()
    person.clicks("Confirm my request")
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", person.page.locator("h1").inner_text())
    assert found
    return found.group()


def _does(controller: Person, path: str, **fields: str) -> None:
    """Fill in the form of one deed and press its button."""
    form = controller.page.locator(f'form[action$="/{path}/"]')
    form.locator("xpath=..").locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button:not([formaction])").click()
    expect(controller.page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_record_is_corrected_another_erased_and_mail_stopped(
    people: People, desk_state: str, language: str
):
    carol = Person(people.arrive(locale=language, viewport=PHONE), language, "Carol")
    controller = Person(people.arrive(storage_state=desk_state), language, "Controller")
    story.chooses(carol, "Refuse all")
    story.writes(carol, "A question about your services")

    carol.goes("/privacy/requests/new/")
    _ticks(carol, Kind.RECTIFICATION, Kind.NO_PROSPECTING)
    carol.fills(first_name="Carol", surname="Example", email=carol.email)
    carol.clicks("Send my request")
    carol.sees("Please tell us in a few words what it is about: we cannot guess.")
    carol.fills(wish="My surname is Sample.")
    carol.clicks("Send my request")
    reference = _confirms(carol)
    request_page = carol.page.url
    assert wider(carol.page) == 0

    page = controller.page
    controller.goes("/admin/dsr/subjectrequest/")
    page.locator("#result_list tr").filter(has_text=reference).get_by_role("link").first.click()
    _does(controller, "check-identity", how="EMAIL")
    place = page.locator('form[action$="/correct/"] option').evaluate_all(
        "options => options.map(option => option.value).find(value => /website.enquiry .* surname/.test(value))"
    )
    _does(controller, "correct", place=place, wished="Sample", is_accepted="yes")
    _does(controller, "grant")

    carol.page.goto(request_page)
    carol.sees("What became of each right you asked for stands below.")
    expect(carol.page.locator(".outcomes")).to_contain_text("Sample")
    assert wider(carol.page) == 0

    carol.goes("/privacy/requests/new/")
    _ticks(carol, Kind.ERASURE)
    carol.fills(first_name="Carol", surname="Sample", email=carol.email)
    carol.clicks("Send my request")
    reference = _confirms(carol)
    request_page = carol.page.url
    controller.goes("/admin/dsr/subjectrequest/")
    page.locator("#result_list tr").filter(has_text=reference).get_by_role("link").first.click()
    _does(controller, "check-identity", how="EMAIL")
    desk_page = page.url
    page.locator(".request-link").click()
    expect(page.locator("#erasure")).to_be_visible()
    page.goto(desk_page)
    _does(controller, "grant")
    carol.page.goto(request_page)
    carol.sees("What became of each right you asked for stands below.")
