"""Several rights in one request, as the person and as the controller: corrected, kept back, erased, told."""

import pytest
from playwright.sync_api import expect

from dsr.rules.rights import Right
from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import BrowserUser

PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fr"])
def test_a_record_is_corrected_another_erased_and_mail_stopped(
    people: People, controller_state: str, language: str
):
    carol = BrowserUser(people.arrive(locale=language, viewport=PHONE), language, "Carol")
    controller = BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")
    story.chooses(carol, "Refuse all")
    story.writes(carol, "A question about your services")

    carol.goes("/privacy/requests/new/")
    story.ticks(carol, Right.RECTIFICATION, Right.NO_PROSPECTING)
    carol.fills(first_name="Carol", surname="Example", email=carol.email)
    carol.clicks("Send my request")
    carol.sees("Please tell us in a few words what it is about: we cannot guess.")
    carol.fills(details="My surname is Sample.")
    carol.clicks("Send my request")
    reference = story.confirms(carol)
    request_page = carol.page.url
    assert wider(carol.page) == 0

    page = controller.page
    controller.goes("/admin/dsr/subjectrequest/")
    page.locator("#result_list tr").filter(has_text=reference).get_by_role("link").first.click()
    story.does(controller, "check-identity", method="EMAIL")
    place = page.locator('form[action$="/correct/"] option').evaluate_all(
        "options => options.map(option => option.value).find(value => /website.enquiry .* surname/.test(value))"
    )
    story.does(controller, "correct", place=place, wished="Sample", is_accepted="yes")
    story.does(controller, "grant")

    carol.page.goto(request_page)
    carol.sees("What became of each right you asked for stands below.")
    expect(carol.page.locator(".outcomes")).to_contain_text("Sample")
    assert wider(carol.page) == 0

    carol.goes("/privacy/requests/new/")
    story.ticks(carol, Right.ERASURE)
    carol.fills(first_name="Carol", surname="Sample", email=carol.email)
    carol.clicks("Send my request")
    reference = story.confirms(carol)
    request_page = carol.page.url
    controller.goes("/admin/dsr/subjectrequest/")
    page.locator("#result_list tr").filter(has_text=reference).get_by_role("link").first.click()
    story.does(controller, "check-identity", method="EMAIL")
    desk_page = page.url
    page.locator(".request-link").click()
    expect(page.locator("#erasure")).to_be_visible()
    page.goto(desk_page)
    story.does(controller, "grant")
    carol.page.goto(request_page)
    carol.sees("What became of each right you asked for stands below.")
