"""Which pages are for search engines: one list for the sitemap, the plan of the site and the head of each page.

What is behind a sign-in or a mailed link, the steps after a form, and earlier versions of the policy are not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.policy import publishing
from recruitment.offers.models import Offer
from softnlabs.website.pages import published
from softnlabs.website.pages.models import Place
from softnlabs.website.pages.published import PublishedPage
from softnlabs.website.pages.texts import in_language

SERVICES = "/services/"
# The pages that are not written at the desk: view, address without the language, title.
COMPANY = (
    ("recruitment:offers", "/careers/", _("Careers")),
    ("recruitment:apply", "/careers/apply/", _("Spontaneous application")),
    ("website:contact", "/contact/", _("Contact")),
)
DATA = (
    ("privacy:policy", "/privacy/", _("Privacy policy")),
    ("privacy:versions", "/privacy/versions/", _("Versions of the policy")),
    ("privacy:subscription", "/privacy/updates/", _("News of the policy by e-mail")),
    ("privacy:data", "/privacy/data/", _("What we hold, and why")),
    ("privacy:promises", "/privacy/promises/", _("Our promises, and their proof")),
    ("consent:choices", "/privacy/choices/", _("Your cookie choices")),
    ("consent:wording-versions", "/privacy/choices/words/", _("What we asked about cookies")),
    ("dsr:request-new", "/privacy/requests/new/", _("Exercise your rights")),
    ("dsr:young-people", "/privacy/young-people/", _("For young people")),
    ("dsr:instructions", "/privacy/instructions/", _("Your data after your death")),
)
PLAN = ("website:plan", "/sitemap/", _("Site map"))
VIEWS = frozenset(
    {"website:home", "website:service", "pages:page", "recruitment:offer"}
    | {view for view, _address, _title in (*COMPANY, *DATA, PLAN)}
)


@dataclass(frozen=True)
class PublicPage:
    """``address`` is without the language. ``changed_at`` is None where nobody knows it."""

    address: str
    title: str | Promise
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """A part of the plan of the site."""

    title: str | Promise
    pages: list[PublicPage]


def is_public(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in VIEWS


def sections(*, now: datetime) -> list[Section]:
    """All public pages, in the order of the plan."""
    return [
        Section(_("The company"), list(_of_company(now))),
        Section(_("Your data"), list(_of_data())),
        Section(_("About this site"), list(_of_site(now))),
    ]


class PublicPagesSitemap(Sitemap):  # type: ignore[type-arg]
    """Each page in each language, each with a link to all of them."""

    i18n = alternates = x_default = True

    def __init__(self, protocol: str, domain: str, *, now: datetime) -> None:
        self.protocol, self.domain, self.now = protocol, domain, now

    def get_domain(self, site: object = None) -> str:
        return self.domain

    def items(self) -> list[PublicPage]:
        return [page for section in sections(now=self.now) for page in section.pages]

    def location(self, item: PublicPage) -> str:
        return in_active_language(item.address)

    def lastmod(self, item: PublicPage) -> datetime | None:
        return item.changed_at


def in_active_language(address: str) -> str:
    return in_language(address, (get_language() or settings.LANGUAGE_CODE)[:2])


def _of_company(now: datetime) -> Iterator[PublicPage]:
    services = published.listed(Place.SERVICES, now=now)
    home = published.at("/", now=now)
    yield PublicPage("/", home.title if home else _("Home page"), _latest(home, *services))
    for page in published.listed(Place.MENU, Place.SERVICES, now=now):
        shows = services if page.address == SERVICES else []
        yield PublicPage(page.address, page.title, _latest(page, *shows))
    for view, address, title in COMPANY:
        yield PublicPage(address, title)
        if view == "recruitment:offers":
            yield from _offers(now)


def _offers(now: datetime) -> Iterator[PublicPage]:
    for offer in Offer.objects.open(now):
        yield PublicPage(f"/careers/{offer.slug}/", offer.title)


def _of_data() -> Iterator[PublicPage]:
    version = publishing.in_force()
    for _view, address, title in DATA:
        is_policy = address == "/privacy/" and version is not None
        yield PublicPage(address, title, version.published_at if version and is_policy else None)


def _of_site(now: datetime) -> Iterator[PublicPage]:
    for page in published.listed(Place.FOOTER, now=now):
        yield PublicPage(page.address, page.title, page.changed_at)
    _view, address, title = PLAN
    yield PublicPage(address, title)


def _latest(*pages: PublishedPage | None) -> datetime | None:
    """When the last of them changed, if all of them say so."""
    dates = [page.changed_at if page else None for page in pages]
    return None if None in dates else max(filter(None, dates))
