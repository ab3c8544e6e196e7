"""Somebody new on the staff: from the invitation over an own password and a second step to the desk."""

import pytest
from playwright.sync_api import expect

from tests.journeys import story
from tests.journeys.conftest import PASSWORD, People, adds_an_app, wider
from tests.journeys.story import BrowserUser

PHONE = {"width": 390, "height": 800}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_the_invitation_to_the_desk(people: People, controller_state: str, language: str):
    controller = BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")
    noa = BrowserUser(people.arrive(locale=language, viewport=PHONE), language, "Noa")
    story.chooses(noa, "Refuse all")

    controller.goes("/admin/website/invitation/add/")
    controller.fills(email=noa.email.upper())
    controller.page.locator("[name=language]").select_option(language)
    controller.page.locator("[name=_save]").click()
    expect(controller.page.locator("#result_list")).to_contain_text(noa.email)

    (link,) = [
        link
        for link in story.opens_mail(noa, "You are invited to work at our privacy desk")
        if "invitation" in link
    ]
    noa.page.goto(link)
    assert "token" not in noa.page.url
    assert wider(noa.page) == 0
    noa.fills(first_name="Noa", surname="New", password1="privacy", password2="privacy")
    noa.clicks("Make my account")
    expect(noa.page.locator("[name=password2]")).to_have_attribute("aria-invalid", "true")
    noa.fills(password1=PASSWORD, password2=PASSWORD)
    noa.clicks("Make my account")

    noa.sees("The desk opens once you have added one of these.")
    assert wider(noa.page) == 0
    adds_an_app(noa.page)
    codes = noa.page.locator("code").all_inner_texts()
    assert wider(noa.page) == 0
    noa.goes("/admin/")
    expect(noa.page.locator("#site-name")).to_be_visible()
    noa.goes("/account/sessions/")
    expect(noa.page.locator("tbody tr")).to_have_count(1)
    assert wider(noa.page) == 0

    noa.goes("/account/")
    noa.clicks("Sign out")
    noa.page.goto(link)
    noa.sees("This invitation is no longer valid")
    people.console_errors.clear()  # the browser notes the 410 of a used link
    noa.goes("/account/sign-in/")
    noa.fills(username=noa.email, password=PASSWORD)
    noa.page.locator("[name=password]").press("Enter")
    noa.fills(code=codes[0])
    noa.page.locator("[name=code]").press("Enter")
    noa.page.wait_for_url("**/account/")
    noa.goes("/admin/")
    expect(noa.page.locator("#site-name")).to_be_visible()
