"""The register of processing activities (GDPR article 30), in the columns of the CNIL's model.

An activity is a purpose with all the holdings that serve it. The data map and the other registers are read each time;
what they cannot know is on the activity's sheet in the admin.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from privacy.companies import collecting, european_union
from privacy.companies.models import Entity, HostingPlace, Processor, own_company
from privacy.datamap import explanations
from privacy.datamap.declarations import Basis, Category, Purpose, Recipient
from privacy.datamap.explanations import HoldingExplanation, ProcessingUse
from privacy.register.models import Activity
from privacy.web import pdf, spreadsheets
from privacy.web.signed_links import absolute

Persons, Measure = Activity.Persons, Activity.Measure


@dataclass(frozen=True)
class Column:
    """One column: its name, its title, and its content in lines."""

    name: str
    title: str
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class RegisterEntry:
    """One activity with all its columns, in the active language."""

    activity: Activity
    title: str
    columns: list[Column]


@dataclass(frozen=True)
class _Facts:
    """What an entry is made from: the sheet, and the other registers on that day."""

    sheet: Activity
    serving: list[tuple[HoldingExplanation, list[ProcessingUse]]]
    processors: list[Processor]
    places: list[HostingPlace]
    companies: Mapping[str, list[Entity]]
    """By label of a holding, the companies for which forms fill it."""

    @property
    def uses(self) -> list[ProcessingUse]:
        return [use for _facts, uses in self.serving for use in uses]

    @property
    def bases(self) -> list[Basis]:
        """A purpose without a record uses the visitor's own cookies, with consent."""
        return explanations.in_order(Basis, (use.basis for use in self.uses)) or [Basis.CONSENT]


def entries(*, day: date) -> list[RegisterEntry]:
    """The whole register as of `day`, in the active language."""
    processors = list(Processor.objects.in_force(day))
    places = list(HostingPlace.objects.in_force(day))
    companies = collecting.companies_by_holding(day=day)
    explained = explanations.explain_all()
    return [
        _entry(_Facts(sheet, _serving(sheet, explained), processors, places, companies))
        for sheet in Activity.objects.all()
    ]


def _serving(
    sheet: Activity, explained: list[HoldingExplanation]
) -> list[tuple[HoldingExplanation, list[ProcessingUse]]]:
    found = [(facts, [use for use in facts.uses if use.purpose == sheet.purpose]) for facts in explained]
    return [(facts, uses) for facts, uses in found if uses]


def _entry(facts: _Facts) -> RegisterEntry:
    title = str(Purpose(facts.sheet.purpose).label)
    return RegisterEntry(facts.sheet, title, [*_head(facts), *_substance(facts), *_protection(facts)])


def _head(facts: _Facts) -> Iterator[Column]:
    sheet = facts.sheet
    purpose = Purpose(sheet.purpose)
    yield Column("name", _("Name"), [str(purpose.label)])
    yield Column("reference", _("Reference"), [sheet.reference])
    yield Column("created", _("Created"), [date_format(sheet.created_on)])
    yield Column("updated", _("Updated"), [date_format(sheet.updated_on)])
    yield Column("companies", _("Collected for"), _companies(facts))
    yield Column("joint_controller", _("Joint controller"), [sheet.joint_controller or _none()])
    yield Column("department", _("Department"), [capfirst(sheet.get_department_display())])
    yield Column("software", _("Software"), [_("The privacy portal")])
    yield Column("purposes", _("Purposes"), [capfirst(str(explanations.REASONS[purpose]))])
    yield Column("basis", _("Legal basis"), _bases(facts))


def _substance(facts: _Facts) -> Iterator[Column]:
    sheet = facts.sheet
    fields = [field for use in facts.uses for field in use.fields]
    yield Column("persons", _("Categories of persons"), _labels(Persons, sheet.persons))
    categories = _labels(Category, (field.category for field in fields))
    yield Column("categories", _("Categories of data"), categories or [_nothing()])
    yield Column("sensitive", _("Sensitive data"), [sheet.sensitive or _none()])
    sources = list(dict.fromkeys(explained.source for explained, _uses in facts.serving))
    yield Column("source", _("Source"), sources or [_nothing()])
    yield Column("recipients", _("Recipients and processors"), _recipients(facts) or [_nothing()])
    yield Column("transfers", _("Transfers outside the European Union"), _transfers(facts))
    periods = [
        _("%(what)s: %(keep)s") % {"what": t.title, "keep": t.retention_phrase} for t, _u in facts.serving
    ]
    yield Column("periods", _("Periods"), periods or [_nothing()])


def _protection(facts: _Facts) -> Iterator[Column]:
    sheet = facts.sheet
    measures = _labels(Measure, sheet.measures)
    yield Column("measures", _("Security measures"), [*measures, *sheet.more_measures.splitlines()])
    yield Column("automated", _("Automated decisions"), [sheet.automated or _none()])
    decided_on = date_format(sheet.impact_on) if sheet.impact_on else ""
    impact = [capfirst(sheet.get_impact_display()), *filter(None, [sheet.impact_note, decided_on])]
    yield Column("impact", _("Impact assessment"), impact)
    yield Column("rights", _("Rights"), _rights(facts))
    yield Column("policy", _("Policy"), [absolute(reverse("privacy:policy"))])
    yield Column("consent", _("Proof of consent"), [_proof(facts)])
    last = date_format(sheet.reviewed_on) if sheet.reviewed_on else _("not yet")
    yield Column("reviewed", _("Last review"), [last])
    yield Column("next_review", _("Next review"), [date_format(sheet.next_review_on)])


def _companies(facts: _Facts) -> list[str]:
    """The company of the site, for which everything is collected unless a form says otherwise, and its subsidiaries."""
    filled = [
        company for explained, _uses in facts.serving for company in facts.companies.get(explained.label, ())
    ]
    return [str(company) for company in collecting.distinct([own_company(), *filled])]


def _bases(facts: _Facts) -> list[str]:
    """Each legal basis, with the records that rest on it where there are several."""
    bases = facts.bases
    if len(bases) == 1:
        return [capfirst(str(bases[0].label))]
    lines = []
    for basis in bases:
        on = [explained.title for explained, uses in facts.serving if any(use.basis == basis for use in uses)]
        lines.append(_("%(what)s: %(keep)s") % {"what": capfirst(str(basis.label)), "keep": " · ".join(on)})
    return lines


def _recipients(facts: _Facts) -> list[str]:
    """Internal recipients and the host, from the data map; then each processor with what it receives."""
    fields = [field for use in facts.uses for field in use.fields]
    inside = _labels(Recipient, (recipient for field in fields for recipient in field.recipients))
    held = {str(field.category) for field in fields}
    serving = [known for known in facts.processors if facts.sheet.purpose in known.purposes]
    return [*inside, *(_processor(known, held & set(known.categories)) for known in serving)]


def _processor(processor: Processor, categories: set[str]) -> str:
    return _("%(name)s, %(country)s (processor: %(task)s; may receive: %(categories)s)") % {
        "name": processor.name,
        "country": european_union.country_name(processor.country),
        "task": processor.task,
        "categories": ", ".join(_labels(Category, categories)) or _("nothing that is held"),
    }


def _transfers(facts: _Facts) -> list[str]:
    """There are none, since the registers refuse places outside the Union; so this lists where data are stored."""
    none = _("None: every hosting place and every processor is in the European Union")
    return [none, *map(str, facts.places)]


def _rights(facts: _Facts) -> list[str]:
    """The rights depend on the legal basis (GDPR articles 15 to 21)."""
    bases = set(facts.bases)
    found = [_("access"), _("rectification"), _("erasure"), _("restriction")]
    if bases & {Basis.CONSENT, Basis.CONTRACT}:
        found.append(_("portability"))
    if Basis.LEGITIMATE_INTEREST in bases:
        found.append(_("objection"))
    if Basis.CONSENT in bases:
        found.append(_("withdrawal of consent"))
    return found


def _proof(facts: _Facts) -> str:
    if Basis.CONSENT not in facts.bases:
        return _("Not applicable: nothing here rests on consent")
    return _("The ledger of consents, which only grows: date, act, the exact words shown and their digest")


def _nothing() -> str:
    return _("Nothing is kept on our servers for this purpose")


def _labels(kind: type[models.TextChoices], found: Iterable[str]) -> list[str]:
    """Their labels, each once, in the order of the class."""
    met = set(found)
    return [str(choice.label) for choice in kind if choice in met]


def head(*, day: date) -> list[tuple[str, str]]:
    """The lines above the register: companies, controller, whom to ask, day; and what these lines lack."""
    companies = list(Entity.objects.in_force(day)) or [own_company()]
    controller = settings.CONTROLLER
    lines = [
        (_("Companies"), "; ".join(_with_address(company) for company in companies)),
        (_("Data controller"), str(controller["name"])),
        (_("Contact for questions about data"), contact()),
        (_("As it stands on"), date_format(day)),
    ]
    lacking = [*_lacking_contact(), *(_no_street(company) for company in companies if not company.street)]
    return [*lines, (_("Missing"), "; ".join(lacking))] if lacking else lines


def contact() -> str:
    """Name, mailbox, telephone and post of the controller: nobody else was designated (GDPR, article 30(1)(a))."""
    controller, company = settings.CONTROLLER, own_company()
    reached = (
        controller["name"],
        controller["email"],
        controller["telephone"],
        company.name,
        company.address,
    )
    return ", ".join(str(part) for part in reached if part)


def _with_address(company: Entity) -> str:
    return ", ".join(filter(None, (str(company), company.address)))


def _lacking_contact() -> Iterator[str]:
    if not settings.CONTROLLER["telephone"]:
        yield _("telephone of the data controller (CONTROLLER_TELEPHONE)")


def _no_street(company: Entity) -> str:
    return _("street of %(company)s") % {"company": company.name}


def as_csv(*, day: date) -> bytes:
    """One line for each activity. Cells are escaped so that none acts as a formula."""
    return spreadsheets.as_csv(_table(day)).encode()


def as_xlsx(*, day: date) -> bytes:
    return spreadsheets.as_xlsx(_("Register"), _table(day))


def as_pdf(*, day: date) -> bytes:
    """Tagged PDF (PDF/UA), in the active language."""
    data = {
        "language": get_language() or settings.LANGUAGE_CODE,
        "title": _("Register of processing activities"),
        "lead": _("Article 30 of the General Data Protection Regulation"),
        "page": _("page"),
        "name": _("Heading"),
        "content": _("What it says"),
        "head": head(day=day),
        "entries": [
            {
                "title": f"{entry.activity.reference} {entry.title}",
                "columns": [{"title": column.title, "lines": column.lines} for column in entry.columns],
            }
            for entry in entries(day=day)
        ],
    }
    return pdf.render("privacy/register/register", data)


def _table(day: date) -> list[list[str]]:
    found = entries(day=day)
    titles = [column.title for column in found[0].columns] if found else []
    return [titles, *([column.text for column in entry.columns] for entry in found)]


def _none() -> str:
    return pgettext("in a column of the register", "None")
