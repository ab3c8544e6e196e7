"""Promises about cookies and the question, proved on the pages that a new browser gets."""

import re
from collections.abc import Iterator, Mapping
from http.cookies import Morsel
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.cookies import choices_cookie, registry
from consent.cookies.registry import DeclaredCookie, Register
from consent.wording import wording
from privacy.datamap.declarations import Purpose
from privacy.policy import publishing
from privacy.promises import own_pages
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.promises.markup import Element
from privacy.promises.own_pages import Page
from privacy.templatetags.page import iso_instant
from privacy.visits import recording
from privacy.visits.counting_models import PERIOD
from privacy.visits.models import Visit

GPC: Final = {"Sec-GPC": "1"}
UNCOUNTED: Final = (
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"User-Agent": "Blackbox Exporter/0.27.0"},
    {"Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
)
RANDOM: Final = re.compile(r"[A-Za-z0-9_-]{22,}")
"""At least 128 bits without a sign that a name, an address or a date would need."""
PRESSED: Final = "formaction"
SAID: Final = ("accepting", "refusing", "changing")
"""What the question says beside who asks and why, by the attribute `data-says` in its template."""


def promises() -> Iterator[Promise]:
    yield Promise(
        "consent.told",
        "consent",
        _(
            "The first page that you open tells you of the policy in force, in your language, and links to it."
        ),
        _("pages that do not"),
        _told,
    )
    yield from _of_choosing()
    yield from _of_cookies()
    yield from _of_visits()


def _of_choosing() -> Iterator[Promise]:
    yield Promise(
        "cookies.refused_as_easily",
        "cookies",
        _(
            "Refusing cookies takes what accepting them takes: one press of a button of the same size, beside it."
        ),
        _("pages where it takes more"),
        _refused_as_easily,
    )
    yield Promise(
        "cookies.taken_back",
        "cookies",
        _("Each page links to your choices, where one press takes back all that you accepted."),
        _("pages where this is not so"),
        _taken_back,
    )
    yield Promise(
        "cookies.explained",
        "cookies",
        _(
            "The question about cookies says who sets them and what for, what follows from either answer, and that "
            "the answer can be changed. To a browser that sends Global Privacy Control, pages say instead that this "
            "counts as a refusal."
        ),
        _("pages that do not"),
        _explained,
    )
    yield Promise(
        "cookies.refusal_kept",
        "cookies",
        _(
            "A browser that refused gets no targeting cookie, and is not asked again as long as its answer is valid."
        ),
        _("pages where this is not so"),
        _refusal_kept,
    )


def _of_cookies() -> Iterator[Promise]:
    yield Promise(
        "cookies.none_before",
        "cookies",
        _(
            "Before you answer, our pages set no targeting cookie: only technical ones, and the one that tells visits "
            "apart."
        ),
        _("targeting or undeclared cookies"),
        _none_before,
    )
    yield Promise(
        "cookies.technical",
        "cookies",
        _("Each technical cookie has a purpose and a period that we state, and says nothing about you."),
        _("technical cookies of which this is not true"),
        _technical,
    )


def _of_visits() -> Iterator[Promise]:
    yield Promise(
        "cookies.gpc",
        "cookies",
        _(
            "A browser that sends Global Privacy Control counts as having refused: it is not asked, it gets no "
            "number, and its visits are not recorded."
        ),
        _("pages where this is not so"),
        _signal_counts,
    )
    yield Promise(
        "cookies.objection",
        "cookies",
        _("Visits of a browser that objected are not recorded."),
        _("pages that record them"),
        _objection_counts,
    )
    yield Promise(
        "cookies.count_once",
        "cookies",
        _(
            "The number that tells visits apart lasts for %(period)s at most from the first visit, and is not "
            "prolonged."
        )
        % {"period": PERIOD},
        _("pages where this is not so"),
        _numbered_once,
    )
    yield Promise(
        "cookies.count_people",
        "cookies",
        _("Known robots, and pages that a browser fetches ahead, get no number and are not counted."),
        _("pages where they do, or are"),
        _people_count,
    )
    yield Promise(
        "data.own_visits",
        "data",
        _(
            "The page of your choices shows the visits of the browser in which you open it, and there you can "
            "download and delete them."
        ),
        _("pages that do not"),
        _own_visits,
    )


def _told(check_run: CheckRun) -> Evidence:
    """The question about cookies says it; where nobody is asked, the page itself does."""
    pages = check_run.once(own_pages.public_pages)
    unasked = [own_pages.get(own_pages.home(language), headers=GPC) for language, _name in settings.LANGUAGES]
    silent = [page for page in pages if not _links_policy(page, _place(page))]
    silent += [page for page in unasked if not _links_policy(page, page.root)]
    among = len(pages) + len(unasked)
    return none_of(len(silent) if _is_policy_shown(pages) else among, among=among)


def _place(page: Page) -> Element | None:
    """Where a page tells of the policy: in the question that it asks, or else in its own text."""
    question = None if _shows_earlier_question(page) else _question(page)
    return question or _main(page)


def _is_policy_shown(pages: list[Page]) -> bool:
    shown = {page.address for page in pages}
    return publishing.in_force() is not None and all(
        _address("privacy:policy", language) in shown for language, _name in settings.LANGUAGES
    )


def _links_policy(page: Page, place: Element | None) -> bool:
    links = page.links_to(_address("privacy:policy", page.language))
    return place is not None and any(link.text() and place in link.within() for link in links)


def _refused_as_easily(check_run: CheckRun) -> Evidence:
    """Where a new browser is asked: on its first page, whichever it is, and on the page of choices.

    A question of earlier days is shown as it was, on a page that asks nothing: its buttons do nothing.
    """
    pages = [page for page in check_run.once(own_pages.public_pages) if not _shows_earlier_question(page)]
    return none_of(sum(not _is_even(page) for page in pages), among=len(pages))


def _shows_earlier_question(page: Page) -> bool:
    with override(page.language):
        return resolve(page.address).view_name == "consent:wording-rendered"


def _is_even(page: Page) -> bool:
    """Whether there is one button for each, side by side in one form, which differ by the answer alone."""
    accepting, refusing = (_buttons(page, verb) for verb in ("accept", "refuse"))
    if len(accepting) != 1 or len(refusing) != 1:
        return False
    yes, no = accepting[0], refusing[0]
    looks = [{**button.attributes, PRESSED: ""} for button in (yes, no)]
    return (
        yes.is_visible() and no.is_visible() and bool(no.text()) and yes.parent is no.parent and looks[0] == looks[1]
        and "disabled" not in no.attributes and not _has_to_fill_in(no)
    )  # fmt: skip


def _buttons(page: Page, verb: str) -> list[Element]:
    address = _address(f"consent:{verb}", page.language)
    return [button for button in page.root.all("button") if button[PRESSED] == address]


def _has_to_fill_in(button: Element) -> bool:
    """Whether the form around it holds something that must be filled in first; a button outside any form sends none."""
    form = next((each for each in button.within() if each.tag == "form"), None)
    return form is None or any(
        "required" in each.attributes for each in form.all("input", "select", "textarea")
    )


def _taken_back(check_run: CheckRun) -> Evidence:
    """The link stands outside the question, which is gone once it is answered."""
    register, pages = registry.current(), check_run.once(own_pages.public_pages)
    accepted = _cookie_of(dict.fromkeys(register.consent_groups, True), register, check_run)
    own = [
        own_pages.get(_address("consent:choices", code), cookies=accepted)
        for code, _name in settings.LANGUAGES
    ]
    figure = sum(not _links_choices(page) for page in pages) + sum(not _is_even(page) for page in own)
    return none_of(figure, among=len(pages) + len(own))


def _links_choices(page: Page) -> bool:
    links = page.links_to(_address("consent:choices", page.language))
    question = _question(page)
    return any(link.text() and all(each is not question for each in link.within()) for link in links)


def _explained(check_run: CheckRun) -> Evidence:
    homes = [own_pages.home(language) for language, _name in settings.LANGUAGES]
    unsaid = [address for address in homes if not _explains(own_pages.get(address))]
    unsaid += [
        address for address in homes if not _says_that_signal_counts(own_pages.get(address, headers=GPC))
    ]
    return none_of(len(unsaid), among=2 * len(homes))


def _explains(page: Page) -> bool:
    question, groups = _question(page), registry.current()
    if question is None or not question.is_visible():
        return False
    said = {key: " ".join(_said(question, key)) for key in ("who", "why", *SAID)}
    reasons = [
        text[page.language]
        for key in groups.consent_groups
        for text in (groups.by_key[key].names, groups.by_key[key].descriptions)
    ]
    return (
        all(said.values())
        and str(settings.ENTITY["name"]) in said["who"]
        and all(" ".join(reason.split()) in said["why"] for reason in reasons)
    )


def _said(question: Element, key: str) -> list[str]:
    return [each.text() for each in question.all() if each["data-says"] == key and each.is_visible()]


def _says_that_signal_counts(page: Page) -> bool:
    line = page.root.with_id("signal")
    links = page.links_to(_address("consent:choices", page.language))
    return line is not None and line.is_visible() and any(line in link.within() for link in links)


def _refusal_kept(check_run: CheckRun) -> Evidence:
    register = registry.current()
    refused = _cookie_of(dict.fromkeys(register.consent_groups, False), register, check_run)
    pages = [own_pages.get(address, cookies=refused) for address in _first_pages()]
    return none_of(sum(not _is_refused(page) for page in pages), among=len(pages))


def _is_refused(page: Page) -> bool:
    register = registry.current()
    given = page.cookies_kept().keys() & register.by_name.keys()
    return (
        page.is_shown
        and _question(page) is None
        and all(register.by_name[name][0].key not in register.consent_groups for name in given)
    )


def _none_before(check_run: CheckRun) -> Evidence:
    register = registry.current()
    closed = register.consent_groups
    kept = [name for page in check_run.once(own_pages.public_pages) for name in page.cookies_kept()]
    wrong = [name for name in kept if name not in register.by_name or register.by_name[name][0].key in closed]
    return none_of(len(wrong), among=len(kept))


def _technical(check_run: CheckRun) -> Evidence:
    """What is declared, and the values that a new browser gets of it."""
    register = registry.current()
    technical = {
        name: (group, cookie)
        for name, (group, cookie) in register.by_name.items()
        if group.key in register.necessary_groups
    }
    wrong = {
        name
        for name, (group, cookie) in technical.items()
        if group.purpose != Purpose.BUSINESS or not _is_stated(cookie)
    }
    for page in check_run.once(own_pages.public_pages):
        kept = page.cookies_kept()
        wrong |= {name for name in kept.keys() & technical.keys() if not _says_nothing(kept[name])}
    return none_of(len(wrong), among=len(technical))


def _is_stated(cookie: DeclaredCookie) -> bool:
    """Its purpose, in each language. A period is always stated: none is until the browser is closed."""
    return all(cookie.descriptions.get(language, "").strip() for language, _name in settings.LANGUAGES)


def _says_nothing(morsel: "Morsel[str]") -> bool:
    """Whether the value is a random one, or that of a setting which the site itself offers."""
    return bool(RANDOM.fullmatch(morsel.value)) or morsel.value in dict(settings.LANGUAGES)


def _signal_counts(check_run: CheckRun) -> Evidence:
    pages = [own_pages.get(address, cookies=_numbered(), headers=GPC) for address in _first_pages()]
    return none_of(sum(_is_counted(page) or _question(page) is not None for page in pages), among=len(pages))


def _objection_counts(check_run: CheckRun) -> Evidence:
    """With the number that the browser may still have from before."""
    register = registry.current()
    objected = _cookie_of(dict.fromkeys(register.opt_out_groups, False), register, check_run)
    pages = [own_pages.get(address, cookies={**_numbered(), **objected}) for address in _first_pages()]
    return none_of(sum(_is_counted(page) for page in pages), among=len(pages))


def _numbered_once(check_run: CheckRun) -> Evidence:
    """What a new browser gets, and one that has a number."""
    longest = (PERIOD.after(check_run.now) - check_run.now).total_seconds()
    numbers = [_number_of(own_pages.get(address)) for address in _first_pages()]
    again = [_number_of(own_pages.get(address, cookies=_numbered())) for address in _first_pages()]
    wrong = [number for number in numbers if number is None or not 0 < int(number["max-age"]) <= longest]
    return none_of(len(wrong) + len(again) - again.count(None), among=len(numbers) + len(again))


def _number_of(page: Page) -> "Morsel[str] | None":
    return page.cookies_kept().get(recording.cookie_name())


def _people_count(check_run: CheckRun) -> Evidence:
    pages = [own_pages.get(address, headers=headers) for address in _first_pages() for headers in UNCOUNTED]
    return none_of(sum(map(_is_counted, pages)), among=len(pages))


def _own_visits(check_run: CheckRun) -> Evidence:
    """The newest visit of all, on the page that its own browser gets, and not on that of another."""
    visit = Visit.objects.live(check_run.now).order_by("-at").first()
    if visit is None:
        return none_of(0, among=0)
    number = {recording.cookie_name(): str(visit.visitor)}
    languages = [language for language, _name in settings.LANGUAGES]
    pages = [(own_pages.get(_address("consent:choices", each), cookies=number), each) for each in languages]
    others = [own_pages.get(_address("consent:choices", each), cookies=_numbered()) for each in languages]
    wrong = sum(not _gives(page, visit, each) for page, each in pages)
    return none_of(wrong + sum(_shows(page, visit) for page in others), among=len(pages) + len(others))


def _gives(page: Page, visit: Visit, language: str) -> bool:
    """Whether it shows the visit, with links to take it along and a button that deletes it."""
    downloads = [_address(name, language) for name in ("consent:visits-json", "consent:visits-csv")]
    has_button = any(
        each["action"] == _address("consent:visits-delete", language) for each in page.root.all("form")
    )
    return _shows(page, visit) and has_button and all(page.links_to(each) for each in downloads)


def _shows(page: Page, visit: Visit) -> bool:
    return any(each["datetime"] == iso_instant(visit.at) for each in page.root.all("time"))


def _is_counted(page: Page) -> bool:
    """Whether it left a visit, or a cookie that is not needed; a page that was not shown proves nothing."""
    register = registry.current()
    needed = {
        name for name, (group, _cookie) in register.by_name.items() if group.key in register.necessary_groups
    }
    return bool(page.visits) or not page.cookies_kept().keys() <= needed or not page.is_shown


def _first_pages() -> list[str]:
    homes = [own_pages.home(language) for language, _name in settings.LANGUAGES]
    return homes + [_address("consent:choices", language) for language, _name in settings.LANGUAGES]


def _numbered() -> dict[str, str]:
    return {recording.cookie_name(): str(uuid4())}


def _cookie_of(answers: Mapping[str, bool], register: Register, check_run: CheckRun) -> dict[str, str]:
    """The cookie of a browser that gave these answers."""
    words = wording.prompt_for(register).keys
    choices = choices_cookie.revise(
        choices_cookie.NOT_EVALUATED, answers, receipt=uuid4(), words=words, now=check_run.now
    )
    return {f"{settings.COOKIE_PREFIX}choices": choices_cookie.encode(choices)}


def _question(page: Page) -> Element | None:
    """The banner, if the page asks."""
    return page.root.with_id("choices")


def _main(page: Page) -> Element | None:
    return page.root.with_id("main")


def _address(name: str, language: str) -> str:
    with override(language):
        return reverse(name)
