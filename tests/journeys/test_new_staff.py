"""Somebody new on the staff: from the invitation over a password, a second step and a training to a first request."""

import re

import pytest
from playwright.sync_api import expect

from privacy.access.groups import StaffGroup
from privacy.datamap import masks
from tests.journeys import story
from tests.journeys.conftest import PASSWORD, People, adds_an_app, wider
from tests.journeys.story import BrowserUser

PHONE = {"width": 390, "height": 800}
READ = "Read our page of confidentiality and confirm it"
DONE = (
    "The identity was checked.",
    "All that is held was looked at, to answer the request.",
    "The request was granted; the answer is being prepared.",
)


def invites(controller: BrowserUser, person: BrowserUser, *groups: StaffGroup) -> str:
    """By the page of invitations; returns the link that ``person`` finds in their mailbox."""
    controller.goes("/admin/website/invitation/add/")
    controller.fills(email=person.email.upper())
    for group in groups:
        controller.page.locator(f"[name=groups][value='{group.value}']").check()
    controller.page.locator("[name=language]").select_option(person.language)
    controller.page.locator("[name=_save]").click()
    row = controller.page.locator("#result_list tbody tr").first
    expect(row).to_contain_text(masks.email(person.email))
    for group in groups:
        expect(row).to_contain_text(controller.reads(str(group.label)))
    assert person.email not in controller.page.content()
    mail = story.opens_mail(person, "You are invited to work at our privacy desk")
    (link,) = [link for link in mail if "invitation" in link]
    return link


def joins(person: BrowserUser, link: str) -> None:
    """An account of their own, with an app for codes; after that, the codes are on the screen."""
    person.page.goto(link)
    person.fills(first_name=person.first_name, surname="New", password1=PASSWORD, password2=PASSWORD)
    person.clicks("Make my account")
    person.sees("The desk opens once you have added one of these.")
    adds_an_app(person.page)


def confirms_the_training(person: BrowserUser) -> None:
    """From the first page of the desk and back to it."""
    person.clicks(READ)
    person.sees("What you keep to")
    assert wider(person.page) == 0
    person.page.locator("[name=is_read]").check()
    person.clicks("Confirm")
    person.sees("Your training is entered. What your work needs is open to you.")


def account_of(controller: BrowserUser, person: BrowserUser) -> str:
    """What the journal calls the account of ``person``."""
    controller.goes("/admin/website/user/")
    controller.fills(q=person.email)
    controller.page.locator("#searchbar").press("Enter")
    address = controller.page.locator("#result_list a[href*='/change/']").first.get_attribute("href")
    (number,) = re.findall(r"/user/(\d+)/change/", str(address))
    return controller.reads("account %(number)s") % {"number": number}


@pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.long)])
def test_from_the_invitation_to_the_desk(people: People, controller_state: str, language: str):
    controller = BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")
    noa = BrowserUser(people.arrive(locale=language, viewport=PHONE), language, "Noa")
    story.chooses(noa, "Refuse all")
    link = invites(controller, noa)
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


@pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.long)])
def test_from_the_invitation_to_a_first_request(people: People, controller_state: str, language: str):
    """Of the shipped groups, that of the controller alone answers requests."""
    petra = BrowserUser(people.arrive(locale=language), language, "Petra", "Quist")
    controller = BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")
    sam = BrowserUser(people.arrive(locale=language), language, "Sam")
    for person in (petra, sam):
        story.chooses(person, "Refuse all")
    request_page, reference = story.files(petra)
    joins(sam, invites(controller, sam, StaffGroup.CONTROLLER))

    sam.goes("/admin/")
    sam.sees("First: your training in confidentiality")
    waiting = sam.page.get_by_role("row").filter(has_text=sam.reads("Requests that wait for an answer"))
    expect(waiting).to_contain_text(re.compile(r"[1-9]\d*"))
    for hidden in ("Petra", "Quist", petra.email, reference):
        expect(sam.page.locator("body")).not_to_contain_text(hidden)
    refused = sam.page.goto("/admin/dsr/subjectrequest/")
    assert refused is not None
    assert refused.status == 403
    expect(sam.page.locator("body")).not_to_contain_text(reference)
    people.console_errors.clear()  # the browser notes the refusal

    sam.goes("/admin/")
    confirms_the_training(sam)
    sam.goes("/admin/dsr/subjectrequest/")
    row = sam.page.locator("#result_list tr").filter(has_text=reference)
    expect(row).to_contain_text("P. Q.")
    for hidden in ("Petra", "Quist", petra.email):
        expect(sam.page.locator("body")).not_to_contain_text(hidden)
    row.get_by_role("link").first.click()
    expect(sam.page.locator("h1")).to_contain_text("Petra Quist")
    desk_page = sam.page.url
    story.does(sam, "check-identity", method="EMAIL")
    sam.page.locator(".request-link").click()
    expect(sam.page.locator("#content")).to_contain_text(petra.email)
    sam.page.goto(desk_page)
    story.does(sam, "grant")
    story.opens_mail(petra, "Your answer is ready")
    petra.page.goto(request_page)
    petra.sees("Your answer is ready")

    account = account_of(controller, sam)
    controller.page.goto(desk_page)
    controller.clicks("See the journal of this request")
    by = controller.page.get_by_role("cell", name=account, exact=True)
    by_sam = controller.page.locator("#result_list tr").filter(has=by)
    for done in (*DONE, "viewed at the desk: %(record)s"):
        said = controller.reads(done) % {"record": controller.reads("request")}
        expect(by_sam.filter(has_text=said).first).to_be_visible()
