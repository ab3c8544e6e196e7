"""What the people of the whole way do, step by step, in the language that they speak."""

import json
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from dsr.rules.rights import QUESTIONS, Right
from privacy.visits.models import Visit
from recruitment.applications.models import Application
from tests import documents

PATIENCE = 45.0
CONFIRM_MAIL = "Please confirm: news of %(company)s by e-mail"
OFFERS = "/careers/"


@dataclass
class BrowserUser:
    """Somebody in front of a browser, with a name, an address and a language."""

    page: Page
    language: str
    first_name: str
    surname: str = "Example"
    used_links: set[str] = field(default_factory=set)

    @property
    def email(self) -> str:
        """An address of their own in each language, so that two stories never meet."""
        return f"{self.first_name.lower()}.{self.language}@example.org"

    def reads(self, words: str) -> str:
        """The words as the site says them to this person."""
        with translation.override(self.language):
            return gettext(words)

    def goes(self, path: str) -> None:
        """Type an address; French lives under the same ones with /fr in front."""
        answer = self.page.goto(f"/fr{path}" if self.language == "fr" else path)
        assert answer is not None
        assert answer.status == 200, path

    def clicks(self, words: str) -> None:
        """Press the button, or follow the link, that says so."""
        name = self.reads(words)
        button, link = (self.page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        button.or_(link).first.wait_for()  # the page before may still be there
        (button if button.count() else link).first.click()

    def fills(self, **fields: str) -> None:
        """Type into fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def sees(self, words: str) -> None:
        """These words, translated, are on the page."""
        expect(self.page.get_by_text(self.reads(words), exact=False).first).to_be_visible()

    def cookie_names(self) -> set[str]:
        """The names of the cookies in this browser."""
        return {cookie["name"] for cookie in self.page.context.cookies()}  # type: ignore[typeddict-item]


def until(page: Page, is_there: Callable[[], bool]) -> None:
    """Load the page again until the worker has done its part."""
    deadline = time.monotonic() + PATIENCE
    while not is_there():
        assert time.monotonic() < deadline, page.locator("body").inner_text()
        page.wait_for_timeout(400)
        page.reload()


def opens_mail(person: BrowserUser, subject: str) -> list[str]:
    """Find the newest message to this person under ``subject``; returns the links in it."""
    person.goes("/mail/")
    wanted = person.reads(subject)
    row = person.page.locator("tr").filter(has_text=person.email).filter(has_text=wanted)
    until(person.page, lambda: row.count() > 0)
    row.first.get_by_role("link").click()
    expect(person.page.locator("h1")).to_contain_text(wanted)
    return [
        link.get_attribute("href") or "" for link in person.page.locator(".letter").get_by_role("link").all()
    ]


def chooses(person: BrowserUser, answer: str) -> None:
    """Answer the bar of the first visit; before that, nothing that needs consent is there."""
    person.goes("/")
    assert person.cookie_names() <= {"visitor"}
    person.clicks(answer)
    expect(person.page.locator("#choices")).to_have_count(0)
    person.goes("/")
    expect(person.page.locator("#choices")).to_have_count(0)


def reads_the_policy(person: BrowserUser) -> None:
    """Version 1, its twelve clauses, its date, and the periods of the rules that run."""
    person.goes("/privacy/")
    clauses = person.page.locator("h2[id]")
    expect(clauses.filter(has_text=re.compile(r"^1?\d\."))).to_have_count(12)
    with translation.override(person.language):
        periods = [str(Visit.personal_data.keep.period), str(Application.personal_data.keep.period)]
    text = person.page.locator("main").inner_text()
    assert all(period in text for period in periods), periods
    expect(person.page.locator(".lead")).to_contain_text(re.compile(r"[Vv]ersion \d+,.* 20\d\d"))


def writes(person: BrowserUser, words: str) -> None:
    """Leave a message on the contact form; nothing typed is lost to a mistake."""
    person.goes("/contact/")
    assert not person.page.locator("[name=opt_in]").is_checked()
    person.fills(first_name=person.first_name, surname=person.surname, email="no address", message=words)
    person.clicks("Send your message")
    expect(person.page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    person.sees("This does not look like an e-mail address, such as name@example.com.")
    assert person.page.locator("[name=message]").input_value() == words
    person.fills(email=person.email)
    person.page.locator("[name=opt_in]").check()
    person.clicks("Send your message")
    person.page.wait_for_url("**/contact/thanks/?asked")


def applies(person: BrowserUser, canary: str, folder: Path) -> None:
    """Answer the first offer with a CV, after trying one that is not what it says."""
    person.goes("/careers/")
    person.page.locator(".cards a").first.click()
    person.clicks("Apply")
    person.fills(
        first_name=person.first_name,
        surname=person.surname,
        email=person.email,
        qualifications=f"Diploma {canary}",
        experience="Ten years",
    )
    false = folder / "cv.pdf"
    false.write_bytes(b"<html>not a PDF</html>")
    person.page.locator("[name=cv]").set_input_files(false)
    person.clicks("Send your application")
    expect(person.page.locator("[name=cv]")).to_have_attribute("aria-invalid", "true")
    assert person.page.locator("[name=qualifications]").input_value() == f"Diploma {canary}"
    true = folder / f"{canary}.pdf"
    true.write_bytes(documents.pdf(canary))
    person.page.locator("[name=cv]").set_input_files(true)
    person.clicks("Send your application")
    person.sees("Thank you, your application is with us")


def _waits_for_visits(person: BrowserUser) -> None:
    """Pages seen wait in the spool for some seconds; what is copied is what the page of choices shows."""
    shown = person.page.locator("form[action$='/visits/delete/']")
    for _look in range(60):
        person.goes("/privacy/choices/")
        if shown.count():
            break
        person.page.wait_for_timeout(500)
    expect(shown).to_have_count(1)


def asks(person: BrowserUser) -> tuple[str, str]:
    """File an access request and confirm it from the mail; returns the address of its page and its reference."""
    _waits_for_visits(person)
    person.goes("/privacy/requests/new/")
    ticks(person, Right.ACCESS)
    person.page.locator("[name=visits]").check()
    person.fills(first_name=person.first_name, surname=person.surname, email=person.email)
    person.clicks("Send my request")
    person.sees("Look into your mailbox")
    person.page.goto(unused_link(person))
    person.clicks("Confirm my request")
    person.sees("We are working on it")
    reference = re.search(r"[A-Z0-9]+-[A-Z0-9-]+", person.page.locator("h1").inner_text())
    assert reference, person.page.locator("h1").inner_text()
    return person.page.url, reference.group()


def grants(controller: BrowserUser, reference: str, email: str) -> None:
    """At the desk: see the request with its due date, check the identity, look, grant."""
    page = controller.page
    controller.goes("/admin/dsr/subjectrequest/")
    row = page.locator("#result_list tr").filter(has_text=reference)
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(page.locator("#clock")).to_be_visible()
    assert page.locator(".request-last td").last.inner_text()
    desk_page = page.url
    _does(controller, "Mark the identity as checked")
    page.locator(".request-link").click()
    expect(page.locator("#content")).to_contain_text(email)
    page.goto(desk_page)
    _does(controller, "Grant")


def _does(controller: BrowserUser, action: str) -> None:
    """Open a deed, say what it asks for, press its button."""
    box = controller.page.locator("details.request-action").filter(
        has=controller.page.locator(
            "summary", has_text=re.compile(f"^{re.escape(controller.reads(action))}$")
        )
    )
    box.locator("summary").click()
    if box.locator("[type=radio]").count():
        box.locator("[type=radio]").first.check()
    box.locator("button:not([formaction])").click()
    expect(controller.page.locator(".messagelist .success, .messagelist .info")).to_be_visible()


def fetches(person: BrowserUser, request_page: str, folder: Path) -> zipfile.ZipFile:
    """Read the code on the request's page, open the mailed link, download the package."""
    person.page.goto(request_page)
    code = person.page.locator(".note.good code")
    until(person.page, lambda: code.count() > 0)
    secret = code.inner_text()
    (link,) = [link for link in opens_mail(person, "Your answer is ready") if "download" in link]
    person.page.goto(link)
    person.clicks("Go on")
    person.fills(code=secret)
    with person.page.expect_download() as download:
        person.clicks("Download my data")
    target = folder / "package.zip"
    download.value.save_as(target)
    return zipfile.ZipFile(target)


def held(package: zipfile.ZipFile) -> dict[str, list[object]]:
    """The records of the package's data, by holding."""
    data = json.loads(package.read("data.json"))
    return {section["name"]: section["records"] for section in data["holdings"]}


def purges(controller: BrowserUser) -> Page:
    """At the desk: look at what a purge would take, run it, and read its certificate to the end."""
    page = controller.page
    controller.goes("/admin/privacy/purgerun/")
    controller.clicks("What a purge would delete now")
    expect(page.locator("#content-main tbody tr").first).to_be_visible()
    controller.clicks("Run the purge now")
    until(page, lambda: page.locator(".badge.good").count() > 0)
    return page


def ticks(person: BrowserUser, *rights: Right) -> None:
    """Tick these lines of the form and no other."""
    for right in Right:
        person.page.locator(f"[name=rights][value={right}]").set_checked(right in rights)
    with translation.override(person.language):
        for right in rights:
            expect(person.page.get_by_label(str(QUESTIONS[right]))).to_be_checked()


def confirms(person: BrowserUser) -> str:
    """Press the button behind the mailed link; returns the reference."""
    person.page.goto(unused_link(person))
    person.clicks("Confirm my request")
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", person.page.locator("h1").inner_text())
    assert found
    return found.group()


def unused_link(
    person: BrowserUser,
    subject: str = "Confirm your request about your data",
    part: str = "confirm",
) -> str:
    """That of the newest mail with this subject: an earlier one bears the same. ``part`` is in its address."""
    deadline = time.monotonic() + PATIENCE
    while True:
        link = next(link for link in opens_mail(person, subject) if part in link)
        if link not in person.used_links:
            person.used_links.add(link)
            return link
        assert time.monotonic() < deadline, "the mail about the new request did not come"
        person.page.wait_for_timeout(400)


def does(controller: BrowserUser, path: str, **fields: str) -> None:
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


def files(person: BrowserUser, *rights: Right, details: str = "") -> tuple[str, str]:
    """Ask for these rights and confirm; returns the address of the request's page and its reference."""
    person.goes("/privacy/requests/new/")
    ticks(person, *(rights or (Right.ACCESS,)))
    person.fills(first_name=person.first_name, surname=person.surname, email=person.email, details=details)
    person.clicks("Send my request")
    reference = confirms(person)
    return person.page.url, reference


def takes_up(controller: BrowserUser, reference: str) -> str:
    """At the desk: open the request; returns the address of its page there."""
    controller.goes("/admin/dsr/subjectrequest/")
    row = controller.page.locator("#result_list tr").filter(has_text=reference)
    row.get_by_role("link").first.click()
    return controller.page.url


def opens_a_proof(controller: BrowserUser, reason: str) -> str:
    """At the desk, on the page of a request: for a reason that is written down; returns the name of the file."""
    page = controller.page
    papers = page.locator('section[aria-labelledby="documents"] a')
    papers.first.click()
    controller.sees(
        "A copy of an identity card opens only for a reason that you write down. It stays open to you for an hour."
    )
    page.locator("[name=why]").select_option("IDENTITY")
    controller.fills(reason=reason)
    controller.clicks("Open with a reason")
    controller.sees("The proof of identity is open to you for an hour. Your reason is on record.")
    with page.expect_download() as opened:
        papers.first.click()
    return opened.value.suggested_filename


def confirms_commercial_mail(person: BrowserUser) -> None:
    person.page.goto(
        unused_link(person, person.reads(CONFIRM_MAIL).partition("%")[0], "/privacy/mail/confirm/")
    )
    person.clicks("I agree")
    person.sees("Your agreement is confirmed")


def sends_campaign(desk: Page, subject: str, readers: str, site: str) -> str:
    """Write a campaign for those who read this language and send it now; returns its page, once it is sent."""
    desk.goto("/admin/consent/mailing/add/")
    desk.locator(f"[name=languages]:not([value={readers}])").uncheck()
    for language in ("en", "fr"):
        desk.locator(f"[name=subject_{language}]").fill(subject)
        desk.locator(f"[name=body_{language}]").fill(f"Hello, [our offers]({site}{OFFERS}).")
    desk.locator("[name=_save]").click()
    expect(desk).to_have_url(re.compile(r"/mailing/\d+/change/$"))
    campaign = desk.url
    desk.get_by_role("link", name="Send now").click()
    desk.get_by_role("button", name="Send now").click()
    expect(desk).to_have_url(campaign)
    until(desk, lambda: desk.locator("#state").inner_text() == "Sent")
    return campaign


def follows_campaign(person: BrowserUser, links: list[str]) -> None:
    (link,) = [each for each in links if "/news/" in each]
    person.page.goto(link)
    expect(person.page).to_have_url(re.compile(f"{OFFERS}$"))


def stops_campaigns(person: BrowserUser, links: list[str]) -> None:
    person.page.goto(next(each for each in links if each.endswith("/unsubscribe/")))
    person.clicks("Stop all commercial messages")
    expect(person.page.locator("h1")).not_to_have_text(person.reads("Stop all commercial messages"))
