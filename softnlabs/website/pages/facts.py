"""Facts that texts of pages do not type: of the company, of who answers for the site, and of its host.

They come from the settings and from the register of hosting places. Those of the company have the same names as in the
policy.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.companies.models import HostingPlace
from privacy.policy import placeholders
from privacy.policy.markdown import PlaceholderValue
from privacy.web import company_address

NAMES = (
    "entity.name", "entity.legal_form", "entity.siren", "entity.since", "entity.postcode", "entity.town",
    "entity.country", "entity.address", "controller.name", "controller.email", "authority.postal", "site.address",
    "site.director", "list.publisher", "list.host", "page.changed",
)  # fmt: skip


def in_language(language: str, places: list[HostingPlace]) -> dict[str, PlaceholderValue]:
    """All but ``page.changed``, which each page has of its own."""
    with override(language):
        return dict(_all(places))


def of_page(changed_at: datetime | None, language: str) -> dict[str, PlaceholderValue]:
    with override(language):
        return {"page.changed": date_format(localdate(changed_at)) if changed_at else ""}


def hosting_places(*, now: datetime) -> list[HostingPlace]:
    """Where the site is hosted now."""
    return list(HostingPlace.objects.in_force(localdate(now)).select_related("processor"))


def _all(places: list[HostingPlace]) -> Iterator[tuple[str, PlaceholderValue]]:
    yield from placeholders.of_company()
    yield "site.address", settings.SITE_URL
    yield "site.director", settings.PUBLICATION_DIRECTOR
    yield "list.publisher", list(_publisher())
    yield "list.host", list(_host(places))


def _publisher() -> Iterator[str]:
    """What the law asks of a company that publishes a site; what the settings leave empty is left out."""
    entity = settings.ENTITY
    siren = str(entity["siren"]).replace(" ", "\N{NO-BREAK SPACE}")
    yield f"{entity['name']}, {entity['legal_form']}"
    if entity["capital"]:
        yield _("Share capital: %(amount)s") % {"amount": entity["capital"]}
    yield _("SIREN: %(number)s") % {"number": siren}
    if entity["register"]:
        yield _("Trade register: %(number)s") % {"number": entity["register"]}
    if entity["vat"]:
        yield _("VAT number: %(number)s") % {"number": entity["vat"]}
    yield _("Registered office: %(address)s") % {"address": company_address.on_one_line()}
    yield _("E-mail: %(address)s") % {"address": settings.CONTROLLER["email"]}
    if entity["telephone"]:
        yield _("Telephone: %(number)s") % {"number": entity["telephone"]}


def _host(places: list[HostingPlace]) -> Iterator[str]:
    """The company itself, unless the settings or the register name another."""
    host, entity = settings.WEB_HOST, settings.ENTITY
    processor = next((place.processor.name for place in places if place.processor), "")
    if name := host["name"] or processor:
        yield name
    else:
        yield _("%(company)s hosts this site itself.") % {"company": entity["name"]}
    if address := host["address"] or (not name and company_address.on_one_line()):
        yield _("Address: %(address)s") % {"address": address}
    if telephone := host["telephone"] or (not name and entity["telephone"]):
        yield _("Telephone: %(number)s") % {"number": telephone}
    for place in dict.fromkeys(str(place) for place in places):
        yield _("Place of the data: %(place)s") % {"place": place}
