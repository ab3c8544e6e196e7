"""The rights that have no other journey, as the person and as the controller; a mandate, and a proof of identity."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dsr.rules.rights import Right
from tests import documents
from tests.journeys import story
from tests.journeys.conftest import People, wider
from tests.journeys.story import BrowserUser

PHONE = {"width": 320, "height": 640}
DONE = "What became of each right you asked for stands below."


@pytest.fixture(params=["en", "fr"])
def language(request) -> str:
    return str(request.param)


@pytest.fixture
def controller(people: People, controller_state: str, language: str) -> BrowserUser:
    return BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")


def _visitor(people: People, language: str, name: str, **options: object) -> BrowserUser:
    """Somebody on a small phone, their answer about cookies given."""
    person = BrowserUser(people.arrive(locale=language, viewport=PHONE, **options), language, name)
    story.chooses(person, "Refuse all")
    return person


def _fits(person: BrowserUser) -> bool:
    return wider(person.page) <= 0


def test_portability_brings_what_the_person_gave(
    people: People, controller: BrowserUser, language: str, tmp_path: Path
):
    dora = _visitor(people, language, "Dora")
    story.writes(dora, "Answered on other grounds than a contract")
    story.applies(dora, "taken-along", tmp_path)
    page, reference = story.files(dora, Right.PORTABILITY)
    story.takes_up(controller, reference)
    story.does(controller, "check-identity", method="EMAIL")
    story.does(controller, "grant")
    with story.fetches(dora, page, tmp_path) as package:
        portable = json.loads(package.read("portable.json"))
        assert "data.json" not in package.namelist()
    given = [record["data"] for holding in portable["holdings"] for record in holding["records"]]
    assert any("Diploma taken-along" in record.values() for record in given)
    assert not any("Answered on other grounds than a contract" in record.values() for record in given)


def test_restriction_and_a_weighed_objection_are_decided_with_reasons(
    people: People, controller: BrowserUser, language: str
):
    emil = _visitor(people, language, "Emil")
    story.writes(emil, "My data are wrong")
    page, reference = story.files(emil, Right.RESTRICTION, Right.OBJECTION, details="Stop the statistics.")
    story.takes_up(controller, reference)
    story.does(controller, "check-identity", method="EMAIL")
    expect(controller.page.locator('form[action$="/grant/"]')).to_have_count(0)
    story.does(
        controller,
        "decide",
        right="OBJECTION",
        outcome="WITHHELD",
        ground="COMPELLING",
        reason="We must defend our systems.",
    )
    story.does(controller, "grant")
    emil.page.goto(page)
    emil.sees(DONE)
    expect(emil.page.locator(".outcomes")).to_contain_text("We must defend our systems.")
    emil.sees("and you may bring the matter before a court.")
    assert _fits(emil)


def test_an_objection_to_the_recording_of_visits_is_done_at_once(people: People, language: str):
    fay = _visitor(people, language, "Fay")
    story.files(fay, Right.NO_NAVIGATION)
    fay.sees("Answered")
    fay.sees(DONE)


def test_a_proof_of_identity_is_asked_for_sent_from_a_phone_and_destroyed(
    people: People, controller: BrowserUser, language: str, tmp_path: Path
):
    gus = _visitor(people, language, "Gus")
    page, reference = story.files(gus, Right.ACCESS)
    desk = story.takes_up(controller, reference)
    story.does(controller, "ask-identity", reason="Two people have this name.")
    story.opens_mail(gus, "We need a proof of your identity")
    gus.page.goto(page)
    gus.sees("We wait for a proof of your identity")
    gus.clicks("Send the proof here")
    assert _fits(gus)
    card, wrong = tmp_path / "IMG_0042.HEIC", tmp_path / "back.jpg"
    card.write_bytes(documents.HEIC)
    wrong.write_bytes(b"no picture at all")
    gus.page.locator("[name=front]").set_input_files(card)
    gus.page.locator("[name=back]").set_input_files(wrong)
    gus.fills(postal_address="3 rue des Lilas\n64000 Pau")
    gus.clicks("Send the proof")
    expect(gus.page.locator("[name=back]")).to_have_attribute("aria-invalid", "true")
    expect(gus.page.locator(".note.good")).to_contain_text("IMG_0042.jpg")
    gus.clicks("Send the proof")
    gus.sees("Your proof of identity has come: we look at it, then destroy it.")
    gus.sees("64000 Pau")
    controller.page.goto(desk)
    papers = controller.page.locator('section[aria-labelledby="documents"] a')
    assert story.opens_a_proof(controller, "The names differ") == "IMG_0042.jpg"
    story.does(controller, "check-identity", method="UPLOAD")
    expect(papers).to_have_count(0)
    expect(controller.page.locator('section[aria-labelledby="identity"]')).to_contain_text(
        controller.reads("copy of an identity document, sent through the site (destroyed)")
    )
    # A paper refused on purpose: the browser notes that answer as an error.
    people.console_errors = [fault for fault in people.console_errors if "422" not in fault]


def test_somebody_asks_for_another_with_a_mandate_without_a_script(
    people: People, controller: BrowserUser, language: str, tmp_path: Path
):
    hal = _visitor(people, language, "Hal", java_script_enabled=False)
    hal.goes("/privacy/requests/new/")
    expect(hal.page.locator("[name=by_email]")).to_be_hidden()
    hal.page.locator("[name=for_whom][value=another]").check()
    expect(hal.page.locator("[name=by_email]")).to_be_visible()
    hal.page.locator("[name=rights][value=ACCESS]").check()
    hal.fills(first_name="Ida", surname="Old", email=f"ida.{language}@example.net")
    hal.fills(by_first_name="Hal", by_surname="Example", by_email=hal.email)
    hal.clicks("Send my request")
    hal.sees("To ask for somebody else, this is needed.")
    paper = tmp_path / "mandate.pdf"
    paper.write_bytes(documents.pdf("I mandate Hal"))
    hal.page.locator("[name=mandate]").set_input_files(paper)
    hal.clicks("Send my request")
    reference = story.confirms(hal)
    page = hal.page.url
    expect(hal.page.locator("main")).to_contain_text("Ida Old")

    story.takes_up(controller, reference)
    expect(controller.page.locator('section[aria-labelledby="mandate"]')).to_contain_text("Hal Example")
    story.does(controller, "check-identity", method="EMAIL")
    expect(controller.page.locator('form[action$="/grant/"]')).to_have_count(0)
    story.does(controller, "check-mandate")
    story.does(controller, "grant")
    assert any("download" in link for link in story.opens_mail(hal, "Your answer is ready"))
    hal.page.goto(page)
    hal.sees("Your answer is ready")


def test_somebody_says_what_becomes_of_their_data_and_an_heir_is_answered_by_it(
    people: People, controller: BrowserUser, language: str, tmp_path: Path
):
    kim = _visitor(people, language, "Kim")
    kim.goes("/privacy/instructions/")
    kim.page.locator("[name=wish][value=HAND_OVER]").check()
    kim.page.locator("[name=scope][value=PARTICULAR]").check()
    kim.fills(surname="Example", email=kim.email, recipient="Lou Example", executor="Lou Example")
    assert _fits(kim)
    kim.clicks("Send my instructions")
    kim.page.goto(story.opens_mail(kim, "Confirm your instructions about your data")[0])
    kim.clicks("Confirm my instructions")
    kim.sees("Your instructions are recorded")

    lou = _visitor(people, language, "Lou")
    lou.goes("/privacy/requests/new/")
    lou.page.locator("[name=for_whom][value=deceased]").check()
    lou.page.locator("[name=rights][value=ACCESS]").check()
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(documents.pdf("A certificate"))
    for name in ("mandate", "death_certificate"):
        lou.page.locator(f"[name={name}]").set_input_files(paper)
    lou.fills(surname="Example", email=kim.email)
    lou.fills(by_first_name="Lou", by_surname="Example", by_email=lou.email)
    assert _fits(lou)
    lou.clicks("Send my request")
    reference = story.confirms(lou)

    story.takes_up(controller, reference)
    expect(controller.page.locator('section[aria-labelledby="instructions"]')).to_contain_text("Lou Example")
    story.does(controller, "check-identity", method="EMAIL")
    story.does(controller, "check-mandate")
    expect(controller.page.locator('form[action$="/grant/"]')).to_have_count(0)
    expect(controller.page.locator('form[action$="/refuse/"]')).to_have_count(0)
    story.does(controller, "instructions", finding="FOLLOWED", words="Lou gets the copy.")
    story.does(controller, "grant")
    assert any("download" in link for link in story.opens_mail(lou, "Your answer is ready"))
