"""The desk on the screens that people have: a phone, and a laptop."""

import pytest

from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import BrowserUser


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_waits_is_legible_on_a_phone_and_whole_on_a_laptop(
    people: People, controller_state: str, language: str
):
    alice = BrowserUser(people.arrive(locale=language), language, "Desk")
    alice.goes("/")  # where her browser gets its number
    _page, reference = story.asks(alice)
    phone = BrowserUser(
        people.arrive(storage_state=controller_state, viewport={"width": 320, "height": 800}),
        language,
        "Controller",
    )
    phone.goes("/admin/")
    row = phone.page.locator(".panel tbody tr").filter(has_text=reference).first
    box = row.get_by_role("link").bounding_box()
    assert box
    assert box["height"] < 60, "a reference is not broken letter by letter"
    assert wider(phone.page) == 0
    laptop = BrowserUser(
        people.arrive(storage_state=controller_state, viewport={"width": 1200, "height": 800}),
        language,
        "Controller",
    )
    laptop.goes("/admin/dsr/subjectrequest/")
    assert laptop.page.evaluate(
        "[...document.querySelectorAll('#changelist .results')].every(list => list.scrollWidth <= list.clientWidth)"
    )
