"""The frame of every page: one title, two languages, no stranger, and error pages that help."""

import re
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

pytestmark = pytest.mark.django_db
PAGES = ["/", "/contact/", "/contact/thanks/", "/mail/"]
STYLE = Path(settings.BASE_DIR, "static/css/site.css")


@pytest.mark.parametrize("path", [*PAGES, *(f"/fr{path}" for path in PAGES)])
def test_each_page_has_one_heading_one_main_and_the_right_language(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    page = response.text
    assert page.count("<h1") == page.count("<main") == 1
    assert '<html lang="fr">' in page if path.startswith("/fr") else '<html lang="en">' in page
    assert re.search(r"<title>\S.+ · SoftNLabs</title>", page)
    assert not re.search(r"<script(?! src=)|<style| style=| on\w+=", page)
    own = rf"/|{re.escape(settings.SITE_URL)}/"  # what search engines are told has to be a whole address
    assert not re.search(rf'(?:\bsrc(?:set)?|action)="(?!/)|<link[^>]+href="(?!{own})', page)


def test_the_other_language_is_the_same_page_with_its_query(client: Client) -> None:
    assert 'href="/fr/contact/?a=1&amp;b=2"' in client.get("/contact/?a=1&b=2").text
    assert 'href="/contact/"' in client.get("/fr/contact/").text
    assert 'href="/fr/"' in client.get("/").text
    assert 'href="/"' in client.get("/fr/").text


def test_a_hostile_query_stays_inside_the_link(client: Client) -> None:
    assert "<script>" not in client.get('/?"><script>').text


def test_the_frame_says_who_we_are_and_leads_to_the_rights(client: Client) -> None:
    page = client.get("/fr/").text
    for fact in ("société par actions simplifiée", "818 145 302", "64290 Gan", "estelle.gelet@softnlabs.com"):
        assert fact in page
    for path in ("/fr/privacy/", "/fr/privacy/data/", "/fr/privacy/choices/", "/fr/privacy/requests/new/"):
        assert f'href="{path}"' in page


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_but_itself(template: str) -> None:
    page = render_to_string(template)
    assert page.count("<h1") == 1
    assert "estelle.gelet@softnlabs.com" in page


def test_an_unknown_address_gets_the_page_that_helps(client: Client) -> None:
    response = client.get("/fr/nulle-part/")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.text


def test_a_form_without_its_token_gets_the_page_that_helps() -> None:
    response = Client(enforce_csrf_checks=True).post("/contact/", {})
    assert response.status_code == 403
    assert "The form could not be accepted" in response.text


def test_the_style_sheet_is_small_and_its_names_are_left_alone_by_block_lists() -> None:
    sheet = STYLE.read_bytes()
    assert len(brotli.compress(sheet)) < 6 * 1024
    names = re.findall(r"\.([a-z][\w-]*)", sheet.decode().partition("*/")[2])
    assert not [name for name in names if "cookie" in name or "consent" in name]
    assert b"@import" not in sheet
    assert b"url(" not in sheet


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_text_can_be_read_in_light_and_in_dark() -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6})", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.S)[:2]
    )
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        for ground in ("ground", "surface", "sunken"):
            for ink in ("ink", "muted", "accent", "accent-strong", "good", "warn", "bad"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        for accent in ("accent", "accent-strong"):
            assert contrast(colours["on-accent"], colours[accent]) >= 4.5
        for ground in ("ground", "surface"):
            assert contrast(colours["edge"], colours[ground]) >= 3, "the border of a field"


def test_a_title_is_escaped_once() -> None:
    source = "{% load page %}{% captured as t %}{{ a }}{% endcaptured %}<h1>{{ t }}</h1>"
    assert Template(source).render(Context({"a": "<b> & co"})) == "<h1>&lt;b&gt; &amp; co</h1>"


def test_security_txt_names_a_contact_and_does_not_go_stale(client: Client, rf: RequestFactory) -> None:
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Contact: mailto:estelle.gelet@softnlabs.com" in response.text
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT", response.text, re.M)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "5 March 2026, 14:07"), ("fr", "5 mars 2026 à 14:07")]
)
def test_dates_are_written_as_in_europe(language: str, written: str) -> None:
    instant = datetime(2026, 3, 5, 13, 7, tzinfo=UTC)
    with translation.override(language):
        assert Template('{{ at|date:"DATETIME_FORMAT" }}').render(Context({"at": instant})) == written
