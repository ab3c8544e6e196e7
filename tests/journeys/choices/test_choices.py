"""Somebody is asked about cookies: on a small phone, without script, by keyboard, with a signal, in both languages."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People, wider

PHONE = {"width": 320, "height": 640}
LANGUAGES = pytest.mark.parametrize(
    ("home", "words"),
    [
        ("/", ("Accept all", "Refuse all", "Choose", "Keep these choices", "Your choices are kept")),
        (
            "/fr/",
            (
                "Tout accepter",
                "Tout refuser",
                "Choisir",
                "Enregistrer mes choix",
                "Vos choix sont enregistrés",
            ),
        ),
    ],
)


def kept(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}  # type: ignore[misc]


@LANGUAGES
def test_a_mixed_choice_without_javascript_on_a_small_phone(
    people: People, home: str, words: tuple[str, ...]
):
    page = people.arrive(java_script_enabled=False, viewport=PHONE)
    page.goto(home)
    assert kept(page) == {"visitor"}
    page.locator("#choices").get_by_role("link", name=words[2]).click()
    expect(page.locator("#choices")).to_have_count(0)
    assert page.get_by_role("checkbox", checked=True).count() == 0
    page.locator("#id_personal").check()
    page.get_by_role("button", name=words[3]).click()
    expect(page.get_by_role("status")).to_contain_text(words[4])
    expect(page.locator("#id_personal")).to_be_checked()
    expect(page.locator("#id_campaigns")).not_to_be_checked()
    page.goto(home)
    expect(page.locator("#choices")).to_have_count(0)
    assert kept(page) == {"visitor", "choices"}


@LANGUAGES
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_the_two_answers_look_and_weigh_the_same(
    people: People, home: str, words: tuple[str, ...], width: int
):
    page = people.arrive(viewport={"width": width, "height": 720})
    page.goto(home)
    accept, refuse = (page.get_by_role("button", name=name, exact=True) for name in words[:2])
    boxes = [accept.bounding_box(), refuse.bounding_box()]
    assert all(boxes)
    assert len({(round(box["width"]), round(box["height"])) for box in boxes if box}) == 1
    look = "node => ['color', 'backgroundColor', 'font', 'border', 'opacity'].map(k => getComputedStyle(node)[k])"
    assert accept.evaluate(look) == refuse.evaluate(look)
    assert wider(page) == 0


def test_the_question_is_answered_by_keyboard_and_traps_nobody(people: People):
    page = people.arrive()
    page.goto("/contact/")
    reached = []
    for _step in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[:5] == [
        "Skip to the content",
        "Our confidentiality policy",
        "Accept all",
        "Refuse all",
        "Choose",
    ]
    assert page.evaluate("document.activeElement.closest('#choices')") is None
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#choices")).to_have_count(0)
    assert page.url.endswith("/contact/")
    assert not kept(page) & {"topics", "seen", "counted"}


def test_a_yes_sets_its_cookies_and_a_withdrawal_takes_them_away(people: People):
    page = people.arrive()
    page.goto("/")
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#choices")).to_have_count(0)
    page.reload()
    assert kept(page) == {"visitor", "choices", "seen", "counted"}
    page.get_by_role("link", name="Your cookie choices").click()
    page.get_by_role("button", name="Refuse all").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert kept(page) == {"visitor", "choices"}


def test_visits_are_objected_to_and_the_number_is_gone_at_once(people: People):
    page = people.arrive()
    page.goto("/privacy/choices/")
    page.get_by_role("button", name="Do not record my visits").click()
    expect(page.get_by_text("off: you objected")).to_be_visible()
    page.goto("/")
    assert kept(page) == {"choices"}


def test_a_browser_that_says_no_everywhere_is_not_asked(people: People):
    page = people.arrive(extra_http_headers={"Sec-GPC": "1"})
    page.goto("/")
    expect(page.locator("#choices")).to_have_count(0)
    page.goto("/privacy/choices/")
    expect(page.get_by_text("Your browser says no for every site")).to_be_visible()
    assert kept(page) == set()


def test_the_proof_is_fetched_and_the_words_are_those_that_were_shown(people: People):
    page = people.arrive()
    page.goto("/")
    page.get_by_role("button", name="Refuse all").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto("/privacy/choices/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the whole as JSON").click()
    document = json.loads(download.value.path().read_text())
    assert [record["event"]["event_state"] for record in document["records"]] == ["refused"] * 3
    page.locator("table a").first.click()
    expect(page.locator("body")).to_contain_text("Do you accept optional cookies?")
