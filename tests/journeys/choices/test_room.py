"""The room that the question takes: two fifths of a phone at most, nothing under it for good, also with large text."""

from typing import Final

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.conftest import People, wider

MOST: Final = 0.4
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
LANGUAGES = pytest.mark.parametrize("home", ["/", "/fr/"])
SIZES = pytest.mark.parametrize("percent", [100, 200])
VIEWPORTS: Final[list[ViewportSize]] = [
    PHONE,
    {"width": 320, "height": 640},
    {"width": 844, "height": 390},
    DESKTOP,
]
BOX: Final = "node => { const box = node.getBoundingClientRect(); return [box.top, box.bottom] }"
SCROLLED: Final = "(node, block) => node.scrollIntoView({block, behavior: 'instant'})"
FOCUSED: Final = """() => {
    const node = document.activeElement, lines = [...node.getClientRects()], first = lines[0], last = lines.at(-1);
    const isSeen = (line, y) => {
        const there = document.elementFromPoint(line.left + line.width / 2, y);
        return there && (node.contains(there) || there.contains(node) && !there.closest('#choices'));
    };
    // Of a long text field the browser shows the line that is written in: the first.
    const end = node.tagName === 'TEXTAREA' ? last.top + 24 : last.bottom - 2;
    return {
        name: node.textContent.trim().slice(0, 40) || node.name, isPage: node === document.body,
        isInside: Boolean(node.closest('#choices')), isSeen: isSeen(first, first.top + 2) && isSeen(last, end),
    };
}"""


def arrive(people: People, address: str, viewport: ViewportSize, percent: int = 100) -> Page:
    page = people.arrive(viewport=viewport, reduced_motion="reduce")
    page.goto(address)
    enlarge(page, percent)
    return page


def enlarge(page: Page, percent: int) -> None:
    """As a reader does who sets larger text in the browser: all sizes of the site follow that of the page."""
    page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{percent}%")


def box(page: Page, selector: str) -> tuple[float, float]:
    top, bottom = page.locator(selector).first.evaluate(BOX)
    return top, bottom


def share(page: Page) -> float:
    top, bottom = box(page, "#choices")
    return (bottom - top) / int(page.evaluate("innerHeight"))


@LANGUAGES
@SIZES
def test_it_takes_two_fifths_at_most(people: People, home: str, percent: int):
    page = arrive(people, home, PHONE, percent)
    for viewport in VIEWPORTS:
        page.set_viewport_size(viewport)
        assert 0.1 < share(page) <= MOST, viewport
        assert wider(page) == 0


@LANGUAGES
def test_a_desktop_gives_less(people: People, home: str):
    assert share(arrive(people, home, DESKTOP)) <= 1 / 3


@LANGUAGES
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_when_the_page_opens_its_words_and_the_main_heading_are_seen(
    people: People, home: str, viewport: ViewportSize
):
    page = arrive(people, home, viewport)
    words = page.locator("#choices .words")
    assert words.evaluate("node => node.scrollHeight - node.clientHeight") <= 0
    assert box(page, "#choices")[1] <= viewport["height"]
    assert 0 <= box(page, "h1")[0] < box(page, "h1")[1] <= box(page, "#choices")[0]


@LANGUAGES
@SIZES
def test_each_part_of_it_is_reached(people: People, home: str, percent: int):
    page = arrive(people, home, PHONE, percent)
    for viewport in VIEWPORTS:
        page.set_viewport_size(viewport)
        assert unreached(page, viewport["height"]) == []
        sizes = page.locator("#choices .even button").evaluate_all(
            "nodes => nodes.map(node => [node.offsetWidth, node.offsetHeight])"
        )
        assert len(sizes) == 2
        assert sizes[0] == sizes[1]


def unreached(page: Page, height: int) -> list[str]:
    """The parts of which the beginning or the end cannot be scrolled to where the question is seen."""
    missed = []
    for part in page.locator("#choices :is(h2, p, li, a, button)").all():
        for block, index in (("start", 0), ("end", 1)):
            part.evaluate(SCROLLED, block)
            if not box(page, "#choices")[0] - 1 <= part.evaluate(BOX)[index] <= height + 1:
                missed.append(part.inner_text())
    return missed


@LANGUAGES
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_it_never_lies_over_the_main_heading(people: People, home: str, viewport: ViewportSize):
    page = people.arrive(viewport=viewport, reduced_motion="reduce")
    for address in ("", "contact/", "privacy/", "careers/"):
        page.goto(home + address)
        for percent in (100, 200):
            enlarge(page, percent)
            for block in ("start", "center", "end", "nearest"):
                page.evaluate("scrollTo(0, document.body.scrollHeight)")
                page.locator("h1").evaluate(SCROLLED, block)
                top, bottom = box(page, "h1")
                assert 0 <= top < bottom <= box(page, "#choices")[0], (address, percent, block)


@LANGUAGES
@SIZES
def test_the_keyboard_never_stands_beneath_it(people: People, home: str, percent: int):
    page = arrive(people, f"{home}contact/", PHONE, percent)
    reached = []
    for key in ("Tab", "Shift+Tab"):
        for _step in range(60):
            page.keyboard.press(key)
            focused = page.evaluate(FOCUSED)
            if focused["isPage"]:
                break
            reached.append(focused)
    assert len(reached) > 30
    assert sum(focused["isInside"] for focused in reached) >= 8
    assert [focused for focused in reached if not focused["isSeen"]] == []


@LANGUAGES
@SIZES
def test_the_end_of_the_page_is_above_it(people: People, home: str, percent: int):
    page = arrive(people, home, PHONE, percent)
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    assert box(page, "footer")[1] <= box(page, "#choices")[0] + 0.5  # parts of a pixel


def test_it_is_not_printed(people: People):
    page = arrive(people, "/", DESKTOP)
    page.emulate_media(media="print")
    expect(page.locator("#choices")).to_be_hidden()


@LANGUAGES
def test_without_its_script_it_takes_the_same_room(people: People, home: str):
    page = people.arrive(viewport=PHONE, java_script_enabled=False)
    page.goto(home)
    question, heading = (page.locator(selector).bounding_box() for selector in ("#choices", "h1"))
    assert question is not None
    assert heading is not None
    assert question["height"] <= MOST * PHONE["height"]
    assert heading["y"] + heading["height"] <= question["y"]
