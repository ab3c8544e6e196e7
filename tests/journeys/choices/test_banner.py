"""The question in a browser: with its script, when saving fails, behind a block list; and nothing moves by itself."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.consent import block_list
from tests.journeys.conftest import People

LANGUAGES = pytest.mark.parametrize(
    ("home", "accept", "refuse", "kept", "failed"),
    [
        ("/", "Accept all", "Refuse all", "Your choices are kept", "could not be kept"),
        ("/fr/", "Tout accepter", "Tout refuser", "Vos choix sont enregistrés", "n’a pas pu être retenu"),
    ],
)
FOCUSED = "document.activeElement.textContent.trim()"


def hide(page: Page) -> None:
    """What a block list does to a page."""
    rules = ", ".join(block_list.selectors()) + " { display: none !important }"
    page.wait_for_load_state()
    page.evaluate(
        "rules => { const sheet = document.createElement('style'); sheet.textContent = rules;"
        " document.head.append(sheet) }",
        rules,
    )


def names(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}  # type: ignore[misc]


@LANGUAGES
@pytest.mark.parametrize("answer", ["accept", "refuse"])
def test_an_answer_is_kept_without_loading_the_page_again(
    people: People, home: str, accept: str, refuse: str, kept: str, failed: str, answer: str
):
    page = people.arrive()
    page.goto(home)
    page.evaluate("window.stays = true")
    page.get_by_role("button", name={"accept": accept, "refuse": refuse}[answer]).click()
    expect(page.get_by_role("status")).to_contain_text(kept)
    assert kept in page.evaluate(FOCUSED)
    assert page.evaluate("window.stays")
    assert "choices" in names(page)
    expect(page.locator("#choices")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name=accept)).to_have_count(0)


@LANGUAGES
@pytest.mark.parametrize("fault", ["500", "cut", "429"])
def test_an_answer_that_could_not_be_kept_says_so_and_the_question_stays(
    people: People, home: str, accept: str, refuse: str, kept: str, failed: str, fault: str
):
    def fail(route: Route) -> None:
        route.abort() if fault == "cut" else route.fulfill(status=int(fault), body="<main>no</main>")

    page = people.arrive()
    page.goto(home)
    page.route("**/privacy/choices/refuse/", fail)
    page.get_by_role("button", name=refuse).click()
    expect(page.get_by_role("alert")).to_contain_text(failed)
    assert failed in page.evaluate(FOCUSED)
    assert "choices" not in names(page)
    page.unroute("**/privacy/choices/refuse/")
    page.get_by_role("button", name=refuse).click()
    expect(page.get_by_role("status")).to_contain_text(kept)
    expect(page.get_by_role("alert")).to_have_count(0)
    people.console_errors.clear()  # the failure that we made


def test_the_last_of_two_hasty_answers_stays(people: People):
    page = people.arrive()
    page.goto("/")
    page.evaluate(
        "for (const name of ['accept', 'refuse'])"
        " document.querySelector(`#choices [formaction$='/${name}/']`).click()"
    )
    expect(page.get_by_role("status")).to_be_visible()
    page.goto("/privacy/choices/")
    assert page.get_by_role("checkbox", checked=True).count() == 0
    expect(page.get_by_text("refused", exact=True)).to_have_count(3)


def test_an_answer_survives_that_its_visitor_goes_on_at_once(people: People):
    page = people.arrive()
    page.goto("/")
    page.evaluate(
        "document.querySelector(`#choices [formaction$='/refuse/']`).click(); location.assign('/contact/')"
    )
    page.wait_for_url("**/contact/")
    refused = page.get_by_text("refused", exact=True)
    for _reload in range(20):  # the answer is still on its way while she reads
        page.goto("/privacy/choices/")
        if refused.count() == 3:
            break
        page.wait_for_timeout(500)
    expect(refused).to_have_count(3)


def test_preferences_are_kept_without_loading_the_page_again(people: People):
    page = people.arrive()
    page.goto("/privacy/choices/")
    page.evaluate("window.stays = true")
    page.locator("#id_personal").check()
    page.get_by_role("button", name="Keep these choices").click()
    expect(page.get_by_role("status")).to_contain_text("Your choices are kept")
    assert "Your choices are kept" in page.evaluate(FOCUSED)
    expect(page.locator("#id_personal")).to_be_checked()
    page.get_by_role("button", name="Do not record my visits").click()
    expect(page.get_by_text("off: you objected")).to_be_visible()
    assert page.evaluate("window.stays")
    page.route("**/privacy/choices/save/", lambda route: route.fulfill(status=500))
    page.locator("#id_campaigns").check()
    page.get_by_role("button", name="Keep these choices").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be kept")
    expect(page.locator("#id_campaigns")).to_be_checked()
    people.console_errors.clear()


@LANGUAGES
@pytest.mark.parametrize("with_script", [True, False])
def test_a_block_list_hides_nothing_of_it(
    people: People, home: str, accept: str, refuse: str, kept: str, failed: str, with_script: bool
):
    page = people.arrive(bypass_csp=True, java_script_enabled=with_script)
    stopped: list[str] = []

    def stop(route: Route) -> None:
        address = route.request.url.removeprefix(people.site.url)
        if block_list.is_blocked(address):
            stopped.append(address)
            route.abort()
        else:
            route.fallback()

    page.route("**/*", stop)
    page.goto(home)
    hide(page)
    for name in (accept, refuse):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name=refuse).click()
    expect(page.locator("#choices")).to_have_count(0)
    page.locator("footer").get_by_role("link").filter(has_text="cookie").click()
    hide(page)
    expect(page.get_by_role("checkbox").first).to_be_visible()
    assert stopped == []


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_by_itself(people: People, width: int):
    page = people.arrive(viewport={"width": width, "height": 720})
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
        " if (!entry.hadRecentInput) window.moved += entry.value })).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto("/")
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == 0
    page.get_by_role("link", name="Contact", exact=True).first.click()  # the page is there, answered or not
    expect(page.locator("form").last).to_be_visible()
