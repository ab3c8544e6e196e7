"""Words about other people are struck out of a copy at the desk, by keyboard and by mouse."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dsr.rules.rights import Right
from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import BrowserUser

MARK = "[redacted: rights of other people, GDPR, articles 15(4) and 20(4)]"


@pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.long)])
def test_words_about_others_are_missing_from_the_copy(
    people: People, controller_state: str, language: str, tmp_path: Path
):
    ivy = BrowserUser(people.arrive(locale=language), language, "Ivy")
    controller = BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")
    story.chooses(ivy, "Refuse all")
    story.writes(ivy, "Ask Jean Martin about me, or else Zoe.")
    request_page, reference = story.files(ivy, Right.ACCESS)

    desk, page = story.takes_up(controller, reference), controller.page
    story.does(controller, "check-identity", method="EMAIL")
    page.locator(".request-link").click()
    page.get_by_role("row").filter(has_text="Jean Martin").locator("a[href*='/strike/']").click()
    assert wider(page) == 0
    for word in ("Jean", "Martin"):
        page.get_by_role("checkbox", name=word).focus()
        page.keyboard.press("Space")
    page.locator(".redact-words span", has_text="Zoe.").dblclick()
    expect(page.locator(".redact-words :checked")).to_have_count(3)
    controller.clicks("Redact the ticked words")
    expect(page.locator(".messagelist .success")).to_be_visible()
    cell = page.get_by_role("cell").filter(has_text=controller.reads(MARK))
    expect(cell).to_have_count(1)
    expect(cell).not_to_contain_text(re.compile("Jean|Martin|Zoe"))

    page.goto(desk)
    story.does(controller, "grant")
    with story.fetches(ivy, request_page, tmp_path) as package:
        (enquiry,) = story.held(package)["website.enquiry"]
        mark = ivy.reads(MARK)
        assert isinstance(enquiry, dict)
        assert enquiry["data"]["message"] == f"Ask {mark} about me, or else {mark}"
        assert enquiry["struck_out"] == ["message"]
        for name in package.namelist():
            assert b"Martin" not in package.read(name), name
    expect(ivy.page.locator("body")).not_to_contain_text("Martin")
    ivy.page.goto(request_page)
    ivy.sees("Words about other people redacted (GDPR, articles 15(4) and 20(4))")
