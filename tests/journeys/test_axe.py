"""Every public page under axe, in both languages, and those of each kind with the question: not a single finding."""

import pytest

from tests.journeys.axe import CONTRAST, findings, findings_in_light_and_dark
from tests.journeys.conftest import People

PAGES = [
    "/", "/services/", "/services/systems/", "/services/software/", "/services/advice/", "/about/", "/legal/",
    "/accessibility/", "/sitemap/", "/contact/", "/careers/", "/careers/apply/", "/privacy/", "/privacy/versions/",
    "/privacy/versions/1/", "/privacy/data/", "/privacy/promises/", "/privacy/choices/", "/privacy/choices/words/",
    "/privacy/requests/new/", "/privacy/young-people/", "/privacy/instructions/", "/privacy/updates/",
    "/account/sign-in/", "/account/sign-up/", "/account/sent/", "/account/password/forgotten/", "/nothing/here/",
]  # fmt: skip
# One of each kind: a page, a form, a long text, a list, a page of an account.
KINDS = ("/", "/contact/", "/privacy/", "/careers/", "/account/sign-in/")


@pytest.mark.parametrize("language", ["", "/fr"])
def test_with_the_question(people: People, language: str):
    page = people.arrive(reduced_motion="reduce")
    found = []
    for address in KINDS:
        page.goto(language + address)
        found += findings_in_light_and_dark(page)
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "/fr"])
def test_with_the_question_everywhere(people: People, language: str):
    page = people.arrive(reduced_motion="reduce")
    found = []
    for address in PAGES:
        page.goto(language + address)
        found += findings_in_light_and_dark(page)
    people.console_errors.clear()  # the page that does not exist
    assert found == []


@pytest.mark.parametrize("language", ["", "/fr"])
def test_without_the_question(people: People, language: str):
    page = people.arrive(reduced_motion="reduce", viewport={"width": 320, "height": 640})
    page.goto(f"{language}/privacy/choices/")
    page.locator("#id_personal").check()
    page.locator("form:has(#id_personal) button:not([formaction])").last.click()
    page.get_by_role("status").wait_for()
    found = findings_in_light_and_dark(page)
    for address in PAGES:
        page.goto(language + address)
        found += findings_in_light_and_dark(page)
    people.console_errors.clear()
    assert found == []


def test_the_line_that_follows_an_answer_and_the_one_that_follows_a_failure(people: People):
    page = people.arrive(reduced_motion="reduce")
    page.goto("/")
    page.route("**/privacy/choices/refuse/", lambda route: route.abort())
    page.get_by_role("button", name="Refuse all").click()
    page.get_by_role("alert").wait_for()
    found = findings(page)
    people.console_errors.clear()
    page.get_by_role("button", name="Accept all").click()
    page.get_by_role("status").wait_for()
    assert found + findings(page) == []


@pytest.mark.parametrize("home", ["/", "/fr/"])
def test_the_line_about_the_signal(people: People, home: str):
    page = people.arrive(extra_http_headers={"Sec-GPC": "1"}, reduced_motion="reduce")
    page.goto(home)
    page.locator("#signal").wait_for()
    assert findings(page) == []


def test_axe_finds_what_is_planted(people: People):
    page = people.arrive()
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in finding for finding in findings(page))


def test_axe_finds_words_that_are_faint_in_the_dark_alone(people: People):
    page = people.arrive()
    page.goto("/")
    faint = "@media (prefers-color-scheme: dark) { main p { color: #222; background: #111 } }"
    page.evaluate("style => document.styleSheets[0].insertRule(style)", faint)
    assert findings(page, CONTRAST) == []
    assert any("color-contrast" in finding for finding in findings_in_light_and_dark(page))
