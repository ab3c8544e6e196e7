"""The visits of this browser: seen and deleted on the page of choices; and stopped when a form is sent."""

import re

import pytest
from playwright.sync_api import expect

from dsr.rules.rights import Right
from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import BrowserUser

PHONE = {"width": 390, "height": 780}


@pytest.fixture(params=["en", "fr"])
def person(people: People, request) -> BrowserUser:
    return BrowserUser(people.arrive(locale=request.param, viewport=PHONE), request.param, "Ivy")


def shown(person: BrowserUser) -> int:
    return person.page.locator("section[aria-labelledby=visits] tbody tr").count()


def test_visits_are_seen_and_deleted_at_once(person: BrowserUser):
    story.chooses(person, "Refuse all")
    person.goes("/contact/")

    def is_shown() -> bool:
        person.goes("/privacy/choices/")
        return shown(person) > 0

    story.until(person.page, is_shown)
    assert wider(person.page) <= 0
    number = {each["name"]: each["value"] for each in person.page.context.cookies()}["visitor"]
    person.clicks("Delete the visits of this browser")
    expect(person.page.locator("section[aria-labelledby=visits] [role=status]")).to_be_visible()
    assert shown(person) == 0
    after = {each["name"]: each["value"] for each in person.page.context.cookies()}.get("visitor")
    assert after != number


def test_the_recording_stops_when_the_form_is_sent(person: BrowserUser):
    story.chooses(person, "Refuse all")
    person.goes("/privacy/requests/new/")
    story.ticks(person, Right.NO_NAVIGATION)
    person.fills(first_name="Ivy", surname="Stone", email="ivy@example.org")
    person.clicks("Send my request")
    person.sees("The visits of this browser are not recorded. Nothing has to be confirmed for that.")
    person.goes("/privacy/choices/")
    expect(person.page.get_by_text(re.compile("nothing to show|rien à afficher"))).to_be_visible()
    assert "visitor" not in {each["name"] for each in person.page.context.cookies()}
