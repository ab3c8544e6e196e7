"""No deceptive pattern (EDPB guidelines 03/2022), measured as a visitor meets the question: six kinds, a test each."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People

HOMES = pytest.mark.parametrize(
    ("home", "accept", "refuse"),
    [("/", "Accept all", "Refuse all"), ("/fr/", "Tout accepter", "Tout refuser")],
)
LOOK = """node => { const style = getComputedStyle(node), box = node.getBoundingClientRect();
    return [style.fontSize, style.fontWeight, style.fontFamily, style.color, style.backgroundColor, style.borderColor,
            style.opacity, style.cursor, style.textTransform, box.width, box.height] }"""
EAGER = re.compile(
    r"please|better|best|enjoy|improve|valu|trust us|recommend|merci|mieux|meilleur|profit|recommand", re.I
)


def answers(page: Page, accept: str, refuse: str) -> tuple[object, object]:
    first, second = (page.get_by_role("button", name=name, exact=True) for name in (accept, refuse))
    return first.evaluate(LOOK), second.evaluate(LOOK)


@HOMES
def test_not_overloading(people: People, home: str, accept: str, refuse: str):
    """One question, three ways to answer, few words; after a no, no second question on any page."""
    page = people.arrive()
    page.goto(home)
    question = page.locator("#choices")
    answers = question.locator(".actions")
    assert answers.get_by_role("button").count() + answers.get_by_role("link").count() == 3
    assert question.get_by_role("link").count() == 2, "one of them leads to the policy"
    assert len((question.text_content() or "").split()) <= 130
    page.get_by_role("button", name=refuse).click()
    expect(question).to_have_count(0)
    for address in ("/contact/", "/careers/", "/privacy/", home):
        page.goto(address)
        expect(page.locator("#choices")).to_have_count(0)


@HOMES
def test_not_skipping(people: People, home: str, accept: str, refuse: str):
    """Nothing is answered in advance, and reading on answers nothing."""
    page = people.arrive()
    page.goto(home)
    page.mouse.wheel(0, 2000)
    page.keyboard.press("Escape")
    page.goto("/contact/")
    page.goto(home)
    expect(page.locator("#choices")).to_be_visible()
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"visitor", "csrf"}  # type: ignore[misc]
    page.goto("/privacy/choices/")
    assert page.get_by_role("checkbox", checked=True).count() == 0


@HOMES
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_not_stirring(people: People, home: str, accept: str, refuse: str, colours: str):
    """Both answers look the same in every measurable way, and no word pushes."""
    page = people.arrive(color_scheme=colours)
    page.goto(home)
    first, second = answers(page, accept, refuse)
    assert first == second
    assert EAGER.findall(page.locator("#choices").text_content() or "") == []


@HOMES
def test_not_obstructing(people: People, home: str, accept: str, refuse: str):
    """A no is one click, as a yes is; a yes is taken back in as many steps from every page; nothing is withheld."""
    page = people.arrive(java_script_enabled=False)
    page.goto(home)
    page.get_by_role("button", name=accept).click()
    expect(page.locator("#choices")).to_have_count(0)
    page.locator("footer").get_by_role("link").filter(has_text="cookie").click()
    page.get_by_role("button", name=refuse).first.click()
    assert page.get_by_role("checkbox", checked=True).count() == 0
    answer = page.goto("/contact/")
    assert answer is not None
    assert answer.status == 200


@HOMES
def test_not_fickle(people: People, home: str, accept: str, refuse: str):
    """The same question, in the same order, on every page and every width."""
    shown = set()
    for width in (320, 1280):
        page = people.arrive(viewport={"width": width, "height": 800})
        for address in (home, f"{home}contact/", f"{home}privacy/"):
            page.goto(address)
            shown.add(
                tuple(page.locator("#choices .actions button, #choices .actions a").all_text_contents())
            )
    assert len(shown) == 1
    assert next(iter(shown))[:2] == (accept, refuse)


@HOMES
def test_nobody_is_left_in_the_dark(people: People, home: str, accept: str, refuse: str):
    """The first layer says who, what for and that minds may change; the second, each cookie and its lifetime."""
    page = people.arrive()
    page.goto(home)
    words = page.locator("#choices").text_content() or ""
    assert "SoftNLabs" in words
    assert page.locator("#choices li").count() == 3
    page.goto(f"{home}privacy/choices/")
    rows = page.locator("details tbody tr")
    assert rows.count() == 8
    for row in rows.all():
        cells = [text.strip() for text in row.locator("td").all_text_contents()]
        assert len(cells) == 4
        assert all(cells)
