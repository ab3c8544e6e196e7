"""For which company a form collects, and under which version of the policy (clause 3 of the policy).

The register says it by form and by host name (:class:`FormAssignment`). The most specific line wins: the form on that
host, then the host, then the form; where there is none, the company of the settings. A company that is not in force, or
is no subsidiary, collects nothing: the company above it does.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import DatabaseError
from django.utils import timezone

from privacy import plugins
from privacy.companies.models import CollectedModel, Entity, FormAssignment, own_company
from privacy.datamap.registry import Holding, holdings
from privacy.policy import publishing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CollectionFacts:
    """What the page says beside a form, and what is stored with each record of it."""

    entity: Entity
    policy_version: int | None

    @property
    def key(self) -> str:
        """What the form sends back, so that a change between showing and sending is noticed."""
        return f"{self.entity.siren}/{self.policy_version or ''}"

    @property
    def is_for_subsidiary(self) -> bool:
        return self.entity.siren != own_company().siren

    def columns(self) -> dict[str, str | int | None]:
        """The fields of a :class:`CollectedModel`."""
        return {"entity": self.entity.siren, "policy_version": self.policy_version}


def by_form(form: str, *, host: str, now: datetime) -> CollectionFacts:
    """What the form with this key collects for where ``host`` serves it (a name in small letters, without a port).

    While the database is away the page is shown all the same: for the company of the settings. The form notices on
    the way back if that was not right.
    """
    try:
        return CollectionFacts(company_of(form, host=host, day=timezone.localdate(now)), _version())
    except DatabaseError as error:
        log.error("the company of form %s is not known: %s", form, type(error).__name__)
        return CollectionFacts(own_company(), None)


def by_controller() -> CollectionFacts:
    """What comes without a form: letters, and the choices about the cookies of the website."""
    return CollectionFacts(own_company(), _version())


def company_of(form: str, *, host: str, day: date) -> Entity:
    found = FormAssignment.objects.filter(form__in=("", form), host__in=("", host))
    chosen = max(found.select_related("entity__parent"), key=_specificity, default=None)
    return in_charge(chosen.entity, day) if chosen else own_company()


def in_charge(chosen: Entity, day: date) -> Entity:
    """``chosen`` while it is in force and a subsidiary, otherwise the next company above it that is."""
    own, line = own_company(), chosen.line()
    if own.siren not in {company.siren for company in line}:
        return own
    return next((company for company in line if company.is_in_force(day)), own)


def companies_of(form: str, *, day: date) -> list[Entity]:
    """Each company for which a form collects on one host or another."""
    hosts = FormAssignment.objects.exclude(host="").values_list("host", flat=True)
    return distinct(company_of(form, host=host, day=day) for host in ("", *hosts.distinct()))


def companies_by_holding(*, day: date) -> dict[str, list[Entity]]:
    """By label, the companies for which the forms that fill a holding collect; of one that none fills, nothing."""
    found: dict[str, list[Entity]] = {}
    for key, form in plugins.forms().items():
        for label in form.holdings:
            found[label] = distinct([*found.get(label, ()), *companies_of(key, day=day)])
    return found


def distinct(companies: Iterable[Entity]) -> list[Entity]:
    """Each once, by its number."""
    return list({company.siren: company for company in companies}.values())


def collected() -> list[Holding]:
    """The holdings whose rows say for which company they were collected."""
    return [each for each in holdings() if issubclass(each.model, CollectedModel)]


def _specificity(line: FormAssignment) -> tuple[bool, bool]:
    return bool(line.host), bool(line.form)


def _version() -> int | None:
    version = publishing.in_force()
    return version.number if version else None
