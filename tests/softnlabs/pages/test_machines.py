"""What machines are told of the site: robots.txt, sitemap, alternates, descriptions, icons. One list for all of it."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from privacy.policy import publishing
from softnlabs.website.pages import public, published
from softnlabs.website.pages.models import Page
from tests.house.addresses import addresses

pytestmark = pytest.mark.usefixtures("written", "acting")
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
# Behind a sign-in or a mailed link, or for machines.
PRIVATE = re.compile(
    r"/(account|admin|health|notices|cookies|mail)/.*|/\.well-known/.*|/(robots\.txt|sitemap\.xml|favicon\.ico|site\.webmanifest)"
    r"|/jsi18n/.*"
)
# Steps after a form, what only a button asks for, files, and what differs for each person or version.
NOT_FOR_SEARCH = {
    "/contact/thanks/", "/careers/apply/thanks/", "/careers/<slug:slug>/apply/",
    "/privacy/versions/<int:number>/", "/privacy/versions/<int:number>/changes/", "/privacy/feed/",
    "/privacy/promises.json", "/privacy/updates/sent/", "/privacy/updates/confirm/",
    "/privacy/updates/confirm/<str:token>/", "/privacy/updates/done/", "/privacy/updates/stop/<str:token>/",
    "/privacy/choices/accept/", "/privacy/choices/refuse/", "/privacy/choices/save/", "/privacy/choices/interests/",
    "/privacy/choices/visits/object/", "/privacy/choices/visits/allow/", "/privacy/choices/visits/delete/",
    "/privacy/choices/visits.json", "/privacy/choices/visits.csv", "/privacy/choices/proof.json",
    "/privacy/choices/mail/agree/", "/privacy/choices/mail/stop/", "/privacy/choices/words/<slug:sha256>/",
    "/privacy/choices/words/<slug:sha256>/shown/", "/privacy/instructions/sent/", "/privacy/instructions/confirm/",
    "/privacy/instructions/confirm/<str:token>/", "/privacy/instructions/recorded/", "/privacy/instructions/withdrawn/",
    "/privacy/requests/letter.pdf", "/privacy/requests/sent/", "/privacy/requests/confirm/",
    "/privacy/requests/confirm/<str:token>/", "/privacy/requests/follow/", "/privacy/requests/follow/<str:token>/",
    "/privacy/requests/link-sent/", "/privacy/requests/package.schema.json", "/privacy/requests/download/",
    "/privacy/requests/download/<str:token>/", "/privacy/requests/mine/", "/privacy/requests/mine/copy/",
    "/privacy/mail/", "/privacy/mail/sent/", "/privacy/mail/confirm/", "/privacy/mail/confirm/<str:token>/",
    "/privacy/mail/<str:token>/", "/privacy/mail/<str:token>/save/", "/privacy/mail/<str:token>/ask/",
    "/privacy/mail/<str:token>/unsubscribe/", "/news/pictures/<slug:key>/", "/webhooks/mail/<slug:provider>/",
    "/news/<str:link>/<str:person>/",
}  # fmt: skip
OF_ONE_REQUEST = re.compile(r"/privacy/requests/(<uuid:pk>|mine/correct)/.*")
# One address of the list for each route that stands for several pages.
ROUTES = {"/<word:slug>/": "/about/", "/services/<slug:slug>/": "/services/systems/",
          "/careers/<slug:slug>/": "/careers/python-developer/"}  # fmt: skip


@pytest.fixture(autouse=True)
def _site(written: None) -> None:
    """With a policy and offers."""
    call_command("load_content", verbosity=0)


def sitemap(client: Client) -> list[dict[str, Any]]:
    """Each entry: its path, when it changed, and its alternates by language."""
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    return [
        {
            "path": _path(url.findtext("s:loc", "", NAMES)),
            "changed": url.findtext("s:lastmod", "", NAMES),
            "alternates": {
                link.attrib["hreflang"]: _path(link.attrib["href"]) for link in url.findall("x:link", NAMES)
            },
        }
        for url in ET.fromstring(answer.content).findall("s:url", NAMES)
    ]


def _path(address: str) -> str:
    assert address.startswith(f"{settings.SITE_URL}/")
    return address.removeprefix(settings.SITE_URL)


def _alternates(page: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page)
    return {language: _path(address) for language, address in found}


def test_robots_txt_lets_everybody_in_and_names_the_sitemap(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == f"User-agent: *\nAllow: /\n\nSitemap: {settings.SITE_URL}/sitemap.xml\n"


def test_each_address_is_in_the_sitemap_or_on_the_list_of_those_that_are_not(client: Client) -> None:
    listed = {each["path"] for each in sitemap(client)}
    english = {route for route in addresses() if not PRIVATE.fullmatch(route)}
    undecided = {
        route
        for route in english
        if ROUTES.get(route, route) not in listed
        and route not in NOT_FOR_SEARCH
        and not OF_ONE_REQUEST.fullmatch(route)
    }
    assert sorted(undecided) == []
    assert {route for route in NOT_FOR_SEARCH if route in listed or route not in english} == set()


def test_every_page_of_the_sitemap_is_there_and_may_be_shown(client: Client) -> None:
    listed = sitemap(client)
    assert len(listed) > 40
    assert len({each["path"] for each in listed}) == len(listed)
    for each in listed:
        page = client.get(each["path"])
        assert page.status_code == 200, each
        assert "noindex" not in page.text, each
        assert f'<link rel="canonical" href="{settings.SITE_URL}{each["path"]}">' in page.text, each


def test_alternates_are_the_same_on_both_sides(client: Client) -> None:
    """In the sitemap and in the head of each page: what one language says of the other, the other says of it."""
    told = {each["path"]: each["alternates"] for each in sitemap(client)}
    for path, alternates in told.items():
        assert alternates.keys() == {"en", "fr", "x-default"}
        assert path in {alternates["en"], alternates["fr"]}
        assert alternates["x-default"] == alternates["en"]
        assert alternates["fr"] == f"/fr{alternates['en']}"
        assert all(told[other] == alternates for other in alternates.values())
        assert _alternates(client.get(path).text) == alternates


def test_each_page_describes_itself_in_its_language(client: Client) -> None:
    seen: dict[str, str] = {}
    for each in sitemap(client):
        page = client.get(each["path"]).text
        found = re.findall(r'<meta name="description" content="([^"<>]+)">', page)
        assert len(found) == 1, each
        assert 20 <= len(found[0]) <= 320, (each, found)
        assert seen.setdefault(found[0], each["path"]) == each["path"]
        assert f'<meta property="og:description" content="{found[0]}">' in page
        title = re.findall(r"<title>(.+) · SoftNLabs</title>", page)[0]
        assert f'<meta property="og:title" content="{title}">' in page
        locale = "fr_FR" if each["path"].startswith("/fr/") else "en_GB"
        assert f'<meta property="og:locale" content="{locale}">' in page


def test_the_picture_of_a_shared_link_is_ours_and_has_the_size_it_says(client: Client) -> None:
    address = re.findall(r'<meta property="og:image" content="([^"]+)">', client.get("/about/").text)[0]
    assert _path(address).startswith("/static/images/social")
    picture = (settings.BASE_DIR / "static/images/social.png").read_bytes()
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1200, 630)


@pytest.mark.parametrize(
    "path",
    ["/account/sign-in/", "/fr/contact/thanks/", "/privacy/requests/sent/", "/privacy/versions/1/", "/nothing/",
     "/services/nothing/", "/careers/nothing/", "/nothing/here/"],
)  # fmt: skip
def test_private_and_missing_pages_are_not_for_search_engines(client: Client, path: str) -> None:
    page = client.get(path).text
    assert '<meta name="robots" content="noindex">' in page
    assert "hreflang" not in page.partition("<body")[0]
    assert "canonical" not in page
    assert "og:" not in page


def test_the_canonical_address_has_no_query_and_no_other_host(client: Client) -> None:
    page = client.get("/about/?x=1", headers={"host": "localhost"}).text
    assert f'<link rel="canonical" href="{settings.SITE_URL}/about/">' in page


def test_lastmod_is_when_the_page_changed_and_is_left_out_where_nobody_knows(
    client: Client, now: datetime
) -> None:
    changed = {each["path"]: each["changed"] for each in sitemap(client)}
    assert changed["/services/systems/"] == changed["/fr/services/systems/"] == "2026-06-01"
    policy = publishing.in_force()
    assert policy
    assert changed["/privacy/"] == timezone.localdate(policy.published_at).isoformat()
    assert (
        changed["/legal/"] == changed["/contact/"] == ""
    )  # facts of the settings, which change without a trace
    Page.objects.filter(slug="systems").update(published_from=datetime(2026, 7, 1, tzinfo=UTC))
    published.invalidate()
    assert {each["path"]: each["changed"] for each in sitemap(client)}["/services/systems/"] == "2026-07-01"


def test_the_icons_are_there(client: Client) -> None:
    head = client.get("/").text.partition("<body")[0]
    linked = re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="/static/([^"]+)"', head)
    answer = client.get("/site.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert '<link rel="manifest" href="/site.webmanifest">' in head
    manifest = json.loads(answer.text)
    assert manifest["name"] == "SoftNLabs"
    linked += [icon["src"].removeprefix("/static/") for icon in manifest["icons"]]
    assert len(linked) == 5
    for name in linked:
        assert (settings.BASE_DIR / "static" / name).is_file(), name
    sizes = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
    for name, size in sizes.items():
        picture = (settings.BASE_DIR / "static/images" / name).read_bytes()
        assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (size, size)
    assert client.get("/favicon.ico").headers["Location"] == "/static/images/favicon.ico"


BEGINS, ENDS = (
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
)  # the clocks change then


@pytest.mark.parametrize(
    ("instant", "is_shown"),
    [
        (datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), False),
        (BEGINS, True),
        (datetime(2027, 10, 31, 0, 59, 59, tzinfo=UTC), True),
        (ENDS, False),
    ],
)
def test_outside_its_period_a_page_is_nowhere(client: Client, instant: datetime, is_shown: bool) -> None:
    Page.objects.filter(slug="about").update(published_from=BEGINS, published_until=ENDS)
    Page.objects.filter(slug="systems").update(published_from=BEGINS, published_until=ENDS)
    published.invalidate()
    with time_machine.travel(instant, tick=False):
        for path in ("/about/", "/services/systems/", "/fr/about/", "/fr/services/systems/"):
            assert client.get(path).status_code == (200 if is_shown else 404)
            assert (path in {each["path"] for each in sitemap(client)}) is is_shown
        for shows in ("/contact/", "/sitemap/"):  # menu and footer; the plan
            assert ('href="/about/"' in client.get(shows).text) is is_shown
        for shows in ("/", "/services/", "/sitemap/"):
            assert ('href="/services/systems/"' in client.get(shows).text) is is_shown


def test_the_list_of_public_views_names_views_that_answer(client: Client) -> None:
    found = {
        resolve(each["path"]).view_name for each in sitemap(client) if not each["path"].startswith("/fr/")
    }
    assert found == public.VIEWS
    assert public.sections(now=timezone.now())
