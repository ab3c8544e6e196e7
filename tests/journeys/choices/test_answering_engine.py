"""Browsers that answer for their user: the engine of one of them finds the question and refuses.

The engine is the built script of its makers (tests/vendor/autoconsent). It gets no rule about any site, so it has to
tell by its own means that there is a question, and which button is the no.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People

FOLDER: Final = Path(__file__).parents[2] / "vendor/autoconsent"
ENGINE: Final = FOLDER / "autoconsent.playwright.js"
LISTEN: Final = """() => {
    window.heard = [];
    window.over = new Promise(resolve => {
        setTimeout(resolve, 20000);
        window.autoconsentSendMessage = message => {
            window.heard.push(message);
            if (['nothingDetected', 'optOutFailed', 'done'].includes(message.state?.lifecycle)) resolve();
            return Promise.resolve();
        };
    });
}"""
START: Final = """autoconsentReceiveMessage({type: "initResp", rules: {autoconsent: []}, config: {
    enabled: true, autoAction: "optOut", heuristicMode: "reject", enableHeuristicDetection: true, detectRetries: 1,
    enablePrehide: false, disabledCmps: [],
}})"""
LANGUAGES = pytest.mark.parametrize("home", ["/", "/fr/"])
WIDTHS = pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 900}])


def let_it_answer(page: Page) -> dict[str, list[object]]:
    """Run the engine as the browser does once a page is there: which questions it found, and whether it refused."""
    page.wait_for_load_state()
    page.evaluate(LISTEN)
    page.evaluate(ENGINE.read_text())
    page.evaluate(START)
    heard = page.evaluate("window.over.then(() => window.heard)")
    return {
        "found": [said["cmp"] for said in heard if said["type"] == "popupFound"],
        "refused": [said["result"] for said in heard if said["type"] == "optOutResult"],
    }


def acts(page: Page) -> list[tuple[str, str]]:
    """What the ledger has of this browser: how it was answered, and what."""
    answer = page.request.get("/privacy/choices/proof.json")
    events = [record["event"] for record in answer.json()["records"]]
    return [(event["event_type"], event["event_state"]) for event in events]


def test_the_engine_is_the_one_that_its_readme_names():
    digest = hashlib.sha256(ENGINE.read_bytes()).hexdigest()
    assert re.findall("[0-9a-f]{64}", (FOLDER / "README.md").read_text()) == [digest]


@LANGUAGES
@WIDTHS
def test_it_finds_the_question_and_refuses(people: People, home: str, viewport: dict[str, int]):
    page = people.arrive(viewport=viewport)
    page.goto(home)
    assert let_it_answer(page) == {"found": ["HEURISTIC-REJECT"], "refused": [True]}
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("#choices")).to_have_count(0)
    assert acts(page) == [("REFUSE_ALL", "refused")] * 3
    page.goto(f"{home}contact/")
    expect(page.locator("#choices")).to_have_count(0)


@LANGUAGES
def test_it_has_nothing_to_answer_once_somebody_has(people: People, home: str):
    page = people.arrive()
    page.goto(home)
    page.locator("#choices button[formaction$='/accept/']").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(home)
    assert let_it_answer(page) == {"found": [], "refused": []}
    assert acts(page) == [("ACCEPT_ALL", "given")] * 3
