"""The pages that a new site starts with: in both languages, true to the settings, with links that lead somewhere."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from privacy.companies.models import HostingPlace
from recruitment.offers import starting_content as offers
from softnlabs.website.pages import public, published
from softnlabs.website.pages.models import Page, PageVersion
from softnlabs.website.pages.public import PublicPage
from softnlabs.website.pages.starting_content import load
from tests.privacy.factories import make_processor

pytestmark = pytest.mark.usefixtures("written", "acting")
PAGES = {
    "/": ("IT systems and software consulting", "Conseil en systèmes et logiciels informatiques"),
    "/services/": ("Services", "Services"),
    "/services/systems/": ("Systems and hosting", "Systèmes et hébergement"),
    "/services/software/": ("Business software", "Logiciels métier"),
    "/services/advice/": ("Advice and audits", "Conseil et audit"),
    "/about/": ("About us", "Qui sommes-nous\u00a0?"),
    "/legal/": ("Legal notice", "Mentions légales"),
    "/accessibility/": ("Accessibility: not compliant", "Accessibilité\u00a0: non conforme"),
    "/sitemap/": ("Site map", "Plan du site"),
}


class Links(HTMLParser):
    """What a page links to within this site."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value and value.startswith("/") and tag != "form":
                self.found.add(value.partition("#")[0])


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_there_in_both_languages(client: Client, address: str) -> None:
    for before, title in zip(("", "/fr"), PAGES[address], strict=True):
        page = client.get(before + address)
        assert page.status_code == 200
        assert re.findall(r"<h1>(.*?)</h1>", page.text) == [title]
        assert f"<title>{title} · SoftNLabs</title>" in page.text
        assert "{{" not in page.text


def test_menu_and_footer_lead_to_the_pages_in_their_language(client: Client) -> None:
    for before in ("", "/fr"):
        menu, _main, footer = re.split(r"<main.*</main>()", client.get(f"{before}/contact/").text, flags=re.S)
        for path in ("/services/", "/about/", "/careers/", "/contact/", "/privacy/"):
            assert f'href="{before}{path}"' in menu
        for path in (
            "/services/",
            "/about/",
            "/careers/",
            "/contact/",
            "/legal/",
            "/accessibility/",
            "/sitemap/",
        ):
            assert f'href="{before}{path}"' in footer
    assert 'href="/services/" aria-current="true"' in client.get("/services/systems/").text


def test_the_legal_notice_holds_each_fact(client: Client, settings) -> None:
    settings.ENTITY = {
        **settings.ENTITY, "street": "1 rue des Tests", "capital": "1 234 euros", "register": "RCS Ville 1",
        "vat": "FR00 818145302", "telephone": "05 00 00 00 00",
    }  # fmt: skip
    settings.PUBLICATION_DIRECTOR = "Dora Director"
    HostingPlace.objects.create(name="Testville", country="DE", contents=["DATABASE"], since=date(2020, 1, 1))
    for before, form in (
        ("", "simplified joint-stock company (SAS)"),
        ("/fr", "société par actions simplifiée"),
    ):
        page = client.get(f"{before}/legal/").text
        for fact in (
            "SoftNLabs", form, "1 234 euros", "818\u00a0145\u00a0302", "RCS Ville 1", "FR00 818145302",
            "1 rue des Tests, 64290 Gan, France", "05 00 00 00 00", "Dora Director", "estelle.gelet@softnlabs.com",
            "Testville",
        ):  # fmt: skip
            assert fact in page.partition("<main")[2].partition("</main>")[0], fact


def test_the_legal_notice_leaves_out_what_nobody_gave(client: Client) -> None:
    page = client.get("/legal/").text
    assert "SoftNLabs hosts this site itself." in page
    assert "Share capital" not in page
    assert "Telephone" not in page


def test_the_legal_notice_names_another_host_with_its_address(client: Client, settings) -> None:
    sold = HostingPlace.objects.create(
        name="Testville", country="DE", contents=["DATABASE"], since=date(2020, 1, 1),
        processor=make_processor(name="Host of the register"),
    )  # fmt: skip
    page = client.get("/fr/legal/").text
    assert "<li>Host of the register</li>" in page
    assert "<li>Lieu des données\u00a0: Testville, Allemagne</li>" in page
    assert "par ses propres moyens" not in page
    published.invalidate()
    settings.WEB_HOST = {"name": "Host of the settings", "address": "2 Teststraße", "telephone": "+49 30 1"}
    HostingPlace.objects.filter(pk=sold.pk).update(until=date(2021, 1, 1))
    page = client.get("/fr/legal/").text
    for fact in ("Host of the settings", "Adresse\u00a0: 2 Teststraße", "Téléphone\u00a0: +49 30 1"):
        assert fact in page
    assert "Testville" not in page


def test_the_accessibility_statement_has_the_parts_of_the_model(client: Client) -> None:
    page = client.get("/fr/accessibility/").text
    for part in (
        "État de conformité", "Résultats des tests", "Contenus non accessibles", "Établissement de cette déclaration",
        "Retour d’information et contact", "Voies de recours",
    ):  # fmt: skip
        assert re.search(rf"<h2[^>]*>{part}</h2>", page), part
    assert "<strong>non conforme</strong>" in page
    assert "établie le 1 juin 2026" in page or "établie le 1er juin 2026" in page
    assert settings.SITE_URL in page


def _crawl(client: Client, begin: str) -> Iterator[tuple[str, str]]:
    """Each address that is linked from the page ``begin`` on, with a page that links it."""
    waiting, seen = [(begin, "")], {begin}
    for address, source in waiting:  # grows meanwhile
        yield address, source
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            new = Links(answer.text).found - seen
            seen |= new
            waiting += [(each, address) for each in sorted(new)]


@pytest.mark.parametrize("begin", ["/", "/fr/"])
def test_no_link_of_the_site_leads_nowhere(client: Client, begin: str) -> None:
    call_command("load_content", verbosity=0)
    found = [each for each in _crawl(client, begin) if not each[0].startswith("/static/")]
    wrong = {each: client.get(each[0]).status_code for each in found}
    assert len(found) > 60
    assert {each: status for each, status in wrong.items() if status >= 400} == {}


def test_a_later_start_leaves_what_the_desk_wrote() -> None:
    Page.objects.filter(slug="about").update(title_en="Ours", published_until=timezone.now())
    versions = PageVersion.objects.count()
    load(now=timezone.now())
    assert Page.objects.get(slug="about").title_en == "Ours"
    assert (Page.objects.count(), PageVersion.objects.count()) == (8, versions)


def test_a_page_that_the_desk_moved_does_not_come_back() -> None:
    Page.objects.filter(slug="about").update(slug="company", published_from=None)
    Page.objects.filter(slug="home").update(slug="accueil")
    load(now=timezone.now())
    assert not Page.objects.filter(slug__in=["about", "home"]).exists()


def test_a_new_site_has_each_page_once(db: None) -> None:
    assert set(Page.objects.values_list("slug", flat=True)) == {
        "home", "services", "systems", "software", "advice", "about", "legal", "accessibility",
    }  # fmt: skip
    assert all(page.versions.get().number == 1 for page in Page.objects.all())


def test_warm_pages_ask_the_database_nothing(client: Client, django_assert_num_queries) -> None:
    client.get("/")
    for address in PAGES.keys() - {"/sitemap/"}:
        with django_assert_num_queries(0):
            client.get(address)


def test_the_plan_lists_offers_after_careers(client: Client, now: datetime) -> None:
    offers.load(now=now)
    page = client.get("/sitemap/").text.partition("<main")[2].partition("</main>")[0]
    order = [
        page.index(f'href="{each}"') for each in ("/careers/", "/careers/python-developer/", "/contact/")
    ]
    assert order == sorted(order)


def test_the_plan_shows_what_the_sitemap_lists(client: Client, now: datetime) -> None:
    offers.load(now=now)
    listed = [page for section in public.sections(now=timezone.now()) for page in section.pages]
    assert all(isinstance(page, PublicPage) for page in listed)
    page = client.get("/fr/sitemap/").text.partition("<main")[2].partition("</main>")[0]
    with translation.override("fr"):
        for each in listed:
            assert f'<a href="/fr{each.address}">' in page
