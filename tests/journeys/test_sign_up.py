"""A client makes an account with a second step and comes back; each page fits a phone, and axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.journeys import story
from tests.journeys.axe import flaws
from tests.journeys.conftest import PASSWORD, People, adds_an_app
from tests.journeys.story import BrowserUser

ACCOUNT = (
    "/account/",
    "/account/data/",
    "/account/sessions/",
    "/account/address/",
    "/account/password/",
    "/account/second-step/",
    "/account/second-step/app/remove/",
    "/account/second-step/passkeys/new/",
    "/account/second-step/codes/",
    "/account/second-step/codes/new/",
    "/account/sign-in-again/",
)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fr"])
def test_from_the_form_to_a_second_step_and_back(people: People, language: str):
    ines = BrowserUser(people.arrive(locale=language, reduced_motion="reduce"), language, "Ines")
    story.chooses(ines, "Refuse all")
    found = []
    ines.goes("/account/sign-up/")
    found += flaws(ines.page)
    ines.fills(email=ines.email)
    ines.clicks("Mail me the link")
    ines.page.wait_for_url("**/account/sent/")
    mail = story.opens_mail(ines, "Finish creating your account")
    ines.page.goto(next(link for link in mail if "sign-up" in link))
    found += flaws(ines.page)
    ines.fills(first_name="Ines", surname="Example", password=PASSWORD)
    ines.clicks("Make my account")
    ines.page.wait_for_url("**/account/**")

    ines.goes("/account/second-step/app/")
    found += flaws(ines.page)
    ines.goes("/account/second-step/")
    adds_an_app(ines.page)
    found += flaws(ines.page)
    code = ines.page.locator("code").first.inner_text()
    for address in ACCOUNT:
        ines.goes(address)
        found += flaws(ines.page)

    ines.goes("/account/")
    ines.clicks("Sign out")
    ines.goes("/account/sign-in/")
    ines.fills(username=ines.email, password=PASSWORD)
    ines.page.locator("[name=password]").press("Enter")
    expect(ines.page.locator("[name=code]")).to_be_visible()
    found += flaws(ines.page)
    ines.fills(code=code)
    ines.page.locator("[name=code]").press("Enter")
    ines.page.wait_for_url("**/account/")
    ines.sees(ines.email)
    assert found == []
