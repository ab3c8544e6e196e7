"""The whole story of one person, and then no trace of them outside the records: see `tests.journeys.canaries`."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from dsr.rules.rights import Right
from tests import documents
from tests.journeys import canaries, story
from tests.journeys.canaries import WORDS
from tests.journeys.conftest import People, adds_an_app
from tests.journeys.story import BrowserUser
from tests.site import Site

LANGUAGE = "fr"  # in which names have accents
CHARTED = (
    "/privacy/promises/",
    "/privacy/promises.json",
    "/privacy/data/",
    "/privacy/feed/",
    "/admin/",
    "/admin/dsr/subjectrequest/",
    "/admin/dsr/subjectrequest/figures/",
    "/admin/dsr/subjectrequest/figures.csv",
    "/admin/privacy/activity/register/",
    "/admin/privacy/activity/register.csv",
    "/admin/privacy/auditentry/",
    "/admin/privacy/lookreport/",
    "/admin/privacy/purgerun/",
    "/admin/privacy/removal/",
    "/admin/privacy/dailyseal/",
    "/admin/privacy/securityevent/",
    "/admin/privacy/signin/",
    "/admin/consent/consentevent/",
    "/admin/consent/delivery/",
    "/admin/consent/listedaddress/",
    "/admin/consent/mailing/",
    "/admin/consent/mailreturn/",
    "/admin/consent/prospect/",
    "/admin/consent/prospectlist/",
    "/admin/recruitment/application/",
    "/admin/website/enquiry/",
    "/admin/website/user/",
)
OWN_REQUEST = re.compile(r"/privacy/requests/[0-9a-f-]{36}/$")
FOUND = "from tests.journeys import canaries; canaries.show()"
REPORT = "from tests.journeys import old_data; old_data.report()"
ASK_THE_LISTED = """
from django.utils import timezone
from consent.imports import asking
asking.run(now=timezone.now())
"""


@dataclass
class Wanderer(BrowserUser):
    """Whose every datum is a canary."""

    first_name: str = WORDS["first name"]
    surname: str = WORDS["surname"]

    @property
    def email(self) -> str:
        return WORDS["e-mail address"]


@dataclass
class Addresses:
    """Each address that the browsers asked for, with the one that led there."""

    requests: list[Request] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 it wants a function

    def lines(self) -> Iterator[str]:
        for request in self.requests:
            yield request.url
            yield request.headers.get("referer", "")


@pytest.fixture
def addresses() -> Addresses:
    return Addresses()


@pytest.fixture
def wanderer(people: People, addresses: Addresses) -> Wanderer:
    page = people.arrive(locale=LANGUAGE)
    addresses.watch(page)
    return Wanderer(page, LANGUAGE)


@pytest.fixture
def controller(people: People, controller_state: str, addresses: Addresses) -> BrowserUser:
    page = people.arrive(storage_state=controller_state)
    addresses.watch(page)
    return BrowserUser(page, LANGUAGE, "Controller")


def test_no_log_report_address_or_audit_entry_knows_the_person(
    people: People,
    site: Site,
    wanderer: Wanderer,
    controller: BrowserUser,
    addresses: Addresses,
    tmp_path: Path,
):
    _visits(wanderer, people)
    _writes(wanderer)
    story.applies(wanderer, WORDS["qualifications, name and text of a file"], tmp_path)
    request_page, reference = story.files(wanderer, Right.ACCESS, details=WORDS["details of a request"])
    _searches(controller, reference)
    _proves_identity(wanderer, controller, request_page, tmp_path)
    with story.fetches(wanderer, request_page, tmp_path) as package:
        assert story.held(package)["website.enquiry"]
    cookies = _cookies(people)
    _signs_up(wanderer, people)
    _corrects(wanderer, tmp_path)
    _looks_around(controller)
    _writes_down_a_breach(controller)
    page_of_purge = story.purges(controller)
    certificate = page_of_purge.content()
    _is_erased(wanderer, controller)
    cookies |= _cookies(people)
    report = site.manage("shell", "-v", "0", "-c", REPORT).split()[-1]

    controller.goes(f"/admin/privacy/lookreport/{report}/change/")
    told = {
        "certificate": certificate,
        "monthly report": controller.page.content(),
        "cookies": "\n".join(cookies),
    }
    _nothing_is_left(told, site, controller, addresses)


def test_nor_after_commercial_mail_and_a_conversation(
    people: People,
    site: Site,
    wanderer: Wanderer,
    controller: BrowserUser,
    addresses: Addresses,
    tmp_path: Path,
):
    story.chooses(wanderer, "Accept all")
    _is_on_a_list(controller, tmp_path)
    site.manage("shell", "-v", "0", "-c", ASK_THE_LISTED)
    story.confirms_commercial_mail(wanderer)
    _writes(wanderer)
    _chooses_subjects(wanderer)
    _converses(controller, wanderer, tmp_path)
    story.sends_campaign(controller.page, "Nouvelles du printemps", LANGUAGE, site.url)
    links = story.opens_mail(wanderer, "Nouvelles du printemps")
    story.follows_campaign(wanderer, links)
    story.stops_campaigns(wanderer, links)
    _page, reference = story.files(wanderer, Right.ERASURE)
    _erases(controller, reference)
    _nothing_is_left({"cookies": "\n".join(_cookies(people))}, site, controller, addresses)


def _nothing_is_left(told: dict[str, str], site: Site, controller: BrowserUser, addresses: Addresses) -> None:
    """Neither in ``told``, nor anywhere else but in the records."""
    told |= {path: _answer(controller, path) for path in CHARTED}
    told["rows"] = site.manage("shell", "-v", "0", "-c", FOUND)
    told |= {str(path): path.read_bytes().decode(errors="replace") for path in _files(site)}
    told["names of files"] = "\n".join(map(str, site.var.rglob("*")))
    left = {place: canaries.found_in(text) for place, text in told.items()}
    left["addresses"] = canaries.found_in("\n".join(addresses.lines()), besides={canaries.TYPED_ADDRESS})
    assert {place: found for place, found in left.items() if found} == {}
    assert any(addresses.lines())
    assert "privacy.auditentry" in told["rows"]
    assert {path.parent.name for path in _files(site) if path.name == "log"} == {"postgres", "redis"}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        canaries.without_accents,
        quote,
        quote_plus,
        html.escape,
        json.dumps,
        repr,
        lambda word: base64.b64encode(f"a {word} b".encode()).decode(),
        lambda word: base64.urlsafe_b64encode(f"?? {word} b".encode()).decode(),
    ],
)
def test_a_canary_is_found_in_each_spelling(name: str, write: Callable[[str], str]):
    assert canaries.found_in(f"2026 GET /{write(WORDS[name])}/ 200") == {name}


def test_what_is_no_canary_is_left_alone():
    """Parts of them, and numbers that contain one."""
    assert canaries.found_in("Zéphyr 1974330 0.97433 quaxo ZmFyZmVsdQ marmelade +3375512984") == set()


def _visits(wanderer: Wanderer, people: People) -> None:
    """Mistypes an address, and comes with words in another."""
    story.chooses(wanderer, "Accept all")
    typed = WORDS[canaries.TYPED_ADDRESS]
    wanderer.page.goto(f"/fr/careers/{typed}@example.org/")
    wanderer.page.goto(f"/fr/contact/?email={typed}@example.org")
    wanderer.page.goto(f"/fr/privacy/requests/follow/{typed}/")
    people.console_errors.clear()  # the browser notes what there is not


def _writes(wanderer: Wanderer) -> None:
    wanderer.goes("/contact/")
    fields = ("telephone", "postcode", "message")
    wanderer.fills(first_name=wanderer.first_name, surname=wanderer.surname, email=wanderer.email)
    wanderer.fills(**{name: WORDS[name] for name in fields})
    wanderer.page.locator("[name=opt_in]").check()
    wanderer.clicks("Send your message")
    wanderer.page.wait_for_url("**/contact/thanks/?asked")


def _is_on_a_list(controller: BrowserUser, folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text(
        f"e-mail;langue;preuve\n{WORDS['e-mail address']};fr;{WORDS['proof of consent on a list']}\n"
    )
    controller.goes("/admin/consent/prospectlist/add/")
    controller.fills(title="Salon", source="Salon de Pau", obtained_on=timezone.localdate().isoformat())
    controller.page.locator("[name=file]").set_input_files(file)
    _presses_submit(controller)
    controller.page.locator("form[action$='/start/'] button").click()
    expect(controller.page.locator(".messagelist .success")).to_be_visible()


def _chooses_subjects(wanderer: Wanderer) -> None:
    """Behind the link that anybody may ask for, for an address of theirs."""
    wanderer.goes("/privacy/mail/")
    wanderer.fills(email=wanderer.email)
    wanderer.page.locator("main form button").click()
    wanderer.page.wait_for_url("**/privacy/mail/sent/")
    links = story.opens_mail(wanderer, "Your link: commercial messages from us")
    wanderer.page.goto(next(link for link in links if "/privacy/mail/" in link))
    wanderer.clicks("Save my choices")
    wanderer.sees("Your choices are saved.")


def _converses(controller: BrowserUser, wanderer: Wanderer, folder: Path) -> None:
    """The desk answers with a file; an e-mail of the person, which came to the company, is entered."""
    controller.goes("/admin/website/enquiry/")
    controller.fills(q=wanderer.email)
    controller.page.locator("#searchbar").press("Enter")
    controller.page.wait_for_url("**found=**")
    controller.page.locator("#result_list a[href*='/change/']").first.click()
    controller.page.wait_for_url("**/change/**")
    enquiry = controller.page.url.split("/change/")[0]
    words = WORDS["reply and name of its file"]
    file = folder / f"{words}.pdf"
    file.write_bytes(documents.pdf(words))
    controller.page.goto(f"{enquiry}/reply/")
    controller.fills(subject=words, text=f"{words} {wanderer.surname}")
    controller.page.locator("[name=file_1]").set_input_files(file)
    _presses_submit(controller)
    controller.page.locator("input[formaction$='/reply/send/']").click()
    controller.page.wait_for_url("**/change/")
    story.opens_mail(wanderer, words)
    controller.page.goto(f"{enquiry}/mail/")
    controller.page.locator("[name=file]").set_input_files(_letter(wanderer, folder))
    _presses_submit(controller)
    expect(controller.page.locator("[name=text]")).to_have_value(re.compile(WORDS["e-mail to the company"]))
    _presses_submit(controller)
    controller.page.wait_for_url("**/change/")


def _letter(wanderer: Wanderer, folder: Path) -> Path:
    words = WORDS["e-mail to the company"]
    letter = EmailMessage()
    letter["From"] = f"{wanderer.first_name} {wanderer.surname} <{wanderer.email}>"
    letter["Date"] = timezone.now()
    letter["Subject"], letter["Message-ID"] = words, f"<{words}@canari-vagabond.example>"
    letter.set_content(words)
    letter.add_attachment(
        documents.pdf(words), maintype="application", subtype="pdf", filename=f"{words}.pdf"
    )
    file = folder / f"{words}.eml"
    file.write_bytes(letter.as_bytes())
    return file


def _presses_submit(controller: BrowserUser) -> None:
    controller.page.locator(".deed .submit-row input.default").click()


def _searches(controller: BrowserUser, reference: str) -> None:
    """By words that find nobody, by the address, and by the reference."""
    for words in (WORDS["searched words"], WORDS["e-mail address"], reference):
        controller.goes("/admin/dsr/subjectrequest/")
        controller.fills(q=words)
        controller.page.locator("#searchbar").press("Enter")
        controller.page.wait_for_url("**found=**")
    controller.page.locator("#result_list").get_by_role("link", name=reference).click()
    story.does(controller, "ask-identity", reason=WORDS["reason for doubt"])
    story.does(controller, "note", text=WORDS["note at the desk"])


def _proves_identity(wanderer: Wanderer, controller: BrowserUser, request_page: str, folder: Path) -> None:
    """Sends a card, which the desk opens for a written reason; then all that is held is looked at, and granted."""
    desk_page = controller.page.url
    story.opens_mail(wanderer, "We need a proof of your identity")
    wanderer.page.goto(request_page)
    wanderer.clicks("Send the proof here")
    card = folder / f"{WORDS['file name of a proof']}.jpg"
    card.write_bytes(documents.image())
    wanderer.page.locator("[name=front]").set_input_files(card)
    wanderer.fills(postal_address=f"{WORDS['postal address']}\n64000 Pau")
    wanderer.clicks("Send the proof")
    wanderer.sees("Your proof of identity has come: we look at it, then destroy it.")
    controller.page.goto(desk_page)
    story.opens_a_proof(controller, f"{WORDS['reason on record']} et douteux")
    story.does(controller, "check-identity", method="UPLOAD")
    controller.page.locator(".request-link").first.click()
    expect(controller.page.locator("#content")).to_contain_text(wanderer.email)
    controller.page.goto(desk_page)
    story.does(controller, "grant")


def _signs_up(wanderer: Wanderer, people: People) -> None:
    """With an app for codes; then out, and in again after a wrong password."""
    wanderer.goes("/account/sign-up/")
    wanderer.fills(email=wanderer.email)
    wanderer.clicks("Mail me the link")
    (link,) = [
        link for link in story.opens_mail(wanderer, "Finish creating your account") if "sign-up" in link
    ]
    wanderer.page.goto(link)
    wanderer.fills(first_name=wanderer.first_name, surname=wanderer.surname, password=WORDS["right password"])
    wanderer.clicks("Make my account")
    wanderer.goes("/account/second-step/")
    adds_an_app(wanderer.page)
    code = wanderer.page.locator("code").first.inner_text()
    wanderer.goes("/account/")
    wanderer.clicks("Sign out")
    wanderer.goes("/account/sign-in/")
    for password in (WORDS["wrong password"], WORDS["right password"]):
        wanderer.fills(username=wanderer.email, password=password)
        wanderer.page.locator("[name=password]").press("Enter")
        wanderer.page.wait_for_load_state()
    wanderer.fills(code=code)
    wanderer.page.locator("[name=code]").press("Enter")
    wanderer.page.wait_for_url("**/account/")
    people.console_errors.clear()  # the browser notes a refused password


def _corrects(wanderer: Wanderer, folder: Path) -> None:
    """At "My data": the whole as a file, and a surname to be corrected."""
    wanderer.goes("/account/data/")
    with wanderer.page.expect_download() as download:
        wanderer.clicks("Download this as JSON")
    download.value.save_as(folder / "my-data.json")
    for summary in wanderer.page.locator("details.holding > summary").all():
        summary.click()
    wanderer.page.locator("a[href$='/surname/']").first.click()
    wanderer.fills(wished=WORDS["correction"])
    wanderer.clicks("Send my request")
    wanderer.page.wait_for_url(OWN_REQUEST)


def _looks_around(controller: BrowserUser) -> None:
    """At the desk: a look at what else the person left, found by their address; the pages of the CV too."""
    for kind in ("website/enquiry", "website/user", "recruitment/application"):
        controller.goes(f"/admin/{kind}/")
        controller.fills(q=WORDS["e-mail address"])
        controller.page.locator("#searchbar").press("Enter")
        controller.page.wait_for_url("**found=**")
        controller.page.locator("#result_list a[href*='/change/']").first.click()
        controller.page.wait_for_url("**/change/**")
    controller.page.locator("a[href$='/cv/']").click()
    controller.page.wait_for_url("**/cv/")


def _writes_down_a_breach(controller: BrowserUser) -> None:
    controller.goes("/admin/privacy/breach/add/")
    words = WORDS["facts of a breach"]
    controller.fills(
        title="Un sac perdu", found_by="Par un appel", facts=words, effects=words, measures=words
    )
    controller.page.locator("[name=kinds]").first.check()
    controller.fills(aware_at_0=timezone.localdate().isoformat(), aware_at_1="00:00")
    controller.page.locator("[name=_save]").click()
    controller.page.wait_for_url("**/change/")
    controller.page.goto(controller.page.url.replace("/change/", "/notify/"))
    expect(controller.page.locator("[name=text]")).to_contain_text(words)


def _is_erased(wanderer: Wanderer, controller: BrowserUser) -> None:
    """Signed in: for an address that the account has proved no mail is needed."""
    wanderer.goes("/privacy/requests/new/")
    story.ticks(wanderer, Right.ERASURE)
    wanderer.fills(first_name=wanderer.first_name, surname=wanderer.surname, email=wanderer.email)
    wanderer.clicks("Send my request")
    wanderer.clicks("Confirm my request")
    wanderer.page.wait_for_url(OWN_REQUEST)
    (reference,) = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}", wanderer.page.locator("h1").inner_text())
    _erases(controller, reference)


def _erases(controller: BrowserUser, reference: str) -> None:
    story.takes_up(controller, reference)
    desk_page = controller.page.url
    story.does(controller, "check-identity", method="EMAIL")
    controller.page.locator(".request-link").first.click()
    expect(controller.page.locator("#erasure")).to_be_visible()
    controller.page.goto(desk_page)
    story.does(controller, "grant")
    state = controller.page.locator(".request-state strong")
    story.until(controller.page, lambda: state.inner_text() == controller.reads("Answered"))


def _cookies(people: People) -> set[str]:
    return {
        f"{cookie['name']}={cookie['value']}"  # type: ignore[typeddict-item]
        for context in people.contexts
        for cookie in context.cookies()
    }


def _answer(controller: BrowserUser, path: str) -> str:
    answer = controller.page.request.get(f"{controller.page.url.split('/admin/')[0]}{path}")
    assert answer.ok, path
    assert answer.url.endswith(path), answer.url
    return answer.text()


def _files(site: Site) -> Iterator[Path]:
    """The log of web server, worker and beat; those of the servers; and all that lies on the disk besides.

    Mails of local mode, PostgreSQL's own files and what Redis writes are the records themselves, or in the rows.
    """
    yield site.log
    for path in site.var.rglob("*"):
        of = path.relative_to(site.var).parts
        if path.is_file() and of[0] not in {"mail", "static"} and of[:2] != ("postgres", "data"):
            yield path
