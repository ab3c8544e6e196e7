"""Promises about forms, proved on those that a new browser can open, in each language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.preferences.forms import OPT_IN
from privacy.companies.models import Entity, own_company
from privacy.promises import own_pages
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.promises.markup import Element
from privacy.promises.own_pages import Page

MAY_LEAD_TO_MESSAGES: Final = frozenset({"website:contact", "recruitment:apply", "recruitment:apply-to"})
"""The public forms that get to know somebody who may wish to hear more of us. No other one does."""
UNLINKED: Final = ("website:sign-in", "website:sign-up", "website:forgotten")
"""Public forms to which no link leads from the home page."""
ALWAYS_THERE: Final = (
    "website:contact",
    "recruitment:apply",
    "dsr:request-new",
    "privacy:subscription",
    *UNLINKED,
)
WRITTEN_IN: Final = frozenset({"", "text", "email", "tel", "url", "number", "date", "password", "file"})
SAID: Final = ("who", "why", "left-out")
"""What a notice says, by the attribute `data-says` in its template."""


def promises() -> Iterator[Promise]:
    yield Promise(
        "forms.unticked",
        "forms",
        _("No box in a form of this site is ticked in advance."),
        _("boxes ticked in advance"),
        _unticked,
    )
    yield Promise(
        "forms.box",
        "forms",
        _(
            "The contact form and the application forms offer commercial messages in a box of its own, with a sentence "
            "of its own. No other form that opens without a link from us does."
        ),
        _("forms where this is not so"),
        lambda check_run: _none_of_forms(check_run, _has_right_boxes),
    )
    yield Promise(
        "forms.marked",
        "forms",
        _(
            "Each form marks which fields are required and which are optional. A notice beside it says who collects, "
            "why, and what happens if you leave out a required one."
        ),
        _("forms where this is not so"),
        lambda check_run: _none_of_forms(check_run, _is_marked),
    )


@dataclass(frozen=True)
class _Form:
    """A form in which somebody writes, on its page. Boxes that are pressed alone ask nothing about a person."""

    page: Page
    element: Element

    def fields(self) -> list[Element]:
        """Without those that nobody is shown."""
        found = self.element.all("input", "select", "textarea")
        return [each for each in found if each["type"] not in {"hidden", "submit"} and each.is_visible()]

    def boxes(self) -> list[Element]:
        return [each for each in self.fields() if each["type"] == "checkbox"]

    def is_written_in(self) -> bool:
        return any(each.tag == "textarea" or each["type"] in WRITTEN_IN for each in self.fields())

    def label_of(self, control: Element) -> Element | None:
        """The label of the control; of one among several of the same name, the legend around them."""
        group = next((each for each in control.within() if each.tag == "fieldset"), None)
        labels = group.all("legend") if group else [
            each for each in self.element.all("label") if each["for"] and each["for"] == control["id"]
        ]  # fmt: skip
        return labels[0] if labels else None


def _unticked(check_run: CheckRun) -> Evidence:
    inputs = [each for page in _pages(check_run) for each in page.root.all("input")]
    boxes = [each for each in inputs if each["type"] == "checkbox"]
    return none_of(sum("checked" in box.attributes for box in boxes), among=len(boxes))


def _none_of_forms(check_run: CheckRun, is_right: Callable[[_Form], bool]) -> Evidence:
    """A form that is not to be found is none that is right."""
    forms = _forms(check_run)
    missing = len(_always_there() - {form.page.address for form in forms})
    return none_of(sum(not is_right(form) for form in forms) + missing, among=len(forms) + missing)


def _has_right_boxes(form: _Form) -> bool:
    """One box with the sentence and nothing else, that may stay empty; or none at all."""
    with override(form.page.language):
        is_offered = resolve(form.page.address).view_name in MAY_LEAD_TO_MESSAGES
        companies = [own_company(), *Entity.objects.all()]
        sentences = tuple(str(OPT_IN % {"company": company.name}) for company in companies)
    offers = [box for box in form.boxes() if box["name"] == "opt_in"]
    if not is_offered or len(offers) != 1:
        return not is_offered and not offers
    label = form.label_of(offers[0])
    words = (
        label.text().removesuffix(_mark(label)).strip() if label is not None and label.is_visible() else ""
    )
    is_asked = words in sentences
    return is_asked and "required" not in offers[0].attributes


def _is_marked(form: _Form) -> bool:
    with override(form.page.language):
        required, optional = _("(required)"), _("(optional)")
    for control in form.fields():
        marks = {required} if "required" in control.attributes else {required, optional}
        if _mark(form.label_of(control)) not in marks:
            return False
    return any(_says_all(aside) for aside in form.page.root.all("aside") if aside.is_visible())


def _mark(label: Element | None) -> str:
    spans = label.all("span") if label is not None else []
    return "".join(span.text() for span in spans if span["class"] == "mark")


def _says_all(notice: Element) -> bool:
    said = {each["data-says"]: each.text() for each in notice.all() if each["data-says"]}
    names = {str(settings.ENTITY["name"]), *Entity.objects.values_list("name", flat=True)}
    return all(said.get(part) for part in SAID) and any(name in said["who"] for name in names)


def _forms(check_run: CheckRun) -> list[_Form]:
    """Those in which somebody writes, and that are sent: a box or a list that only chooses what is shown is none."""
    found = [_Form(page, each) for page in _pages(check_run) for each in page.root.all("form")]
    return [form for form in found if form.element["method"] == "post" and form.is_written_in()]


def _pages(check_run: CheckRun) -> list[Page]:
    linked = check_run.once(own_pages.public_pages)
    others = {address for name in UNLINKED for address in _in_each_language(name)}
    return linked + [own_pages.get(address) for address in sorted(others - {page.address for page in linked})]


def _always_there() -> set[str]:
    return {address for name in ALWAYS_THERE for address in _in_each_language(name)}


def _in_each_language(name: str) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield reverse(name)
