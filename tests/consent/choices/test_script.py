"""The script of the choices: small, in a file of its own, safe under trusted types; names that no block list knows."""

import html
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from tests.consent import block_list
from tests.consent.conftest import Visitor

SCRIPTS = Path(settings.BASE_DIR) / "consent/static/choices"
MOST = 2048
PAGES = ["/", "/contact/", "/careers/", "/privacy/data/", "/privacy/choices/", "/privacy/requests/new/"]


def test_all_the_script_of_the_choices_is_two_kilobytes_at_most():
    assert len(brotli.compress((SCRIPTS / "choices.js").read_bytes())) <= MOST


def test_the_script_makes_no_markup_and_runs_no_text():
    script = (SCRIPTS / "choices.js").read_text()
    sinks = r"(inner|outer|AdjacentH)HTML|insertAdjacent|document\.write|eval|Function\(|DOMParser|srcdoc|import\("
    assert re.findall(sinks, script) == []
    assert re.findall(r"https?://", script) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_scripts_are_files_of_this_site_and_come_only_where_there_is_a_question(
    visitor: Visitor, address: str
):
    def scripts() -> list[str]:
        page = visitor.get(address).content.decode()
        assert re.findall(r"\son\w+=|javascript:|<style", page) == []
        return re.findall(r"<script\b[^>]*>[^<]*", page)

    asked = scripts()
    assert len(asked) == 1
    assert re.fullmatch(r'<script src="/static/choices/choices[\w.]*\.js" defer>', asked[0])
    visitor.submit("/privacy/choices/refuse/")
    assert scripts() == (asked if address == "/privacy/choices/" else [])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("address", PAGES)
def test_no_block_list_knows_our_names(visitor: Visitor, language: str, address: str):
    for headers in ({}, {"Sec-GPC": "1"}):
        assert block_list.hits(visitor.get(language + address, headers=headers).content.decode()) == []


def test_the_block_list_finds_what_is_planted():
    planted = {
        '<div id="cookie-bar">': "#cookie-bar",
        '<div class="a my-Consent">': ".my-Consent",
        '<script src="/static/js/cookie-banner.js">': "/static/js/cookie-banner.js",
        '<link href="/static/cookie_consent/x.css">': "/static/cookie_consent/x.css",
        '<p aria-label="Cookies">': "Cookies",
        '<p id="banner">': "#banner",
    }
    assert {page: block_list.hits(page) for page in planted} == {page: [hit] for page, hit in planted.items()}


@pytest.mark.django_db
def test_our_script_gets_a_short_answer_and_the_browser_a_page(visitor: Visitor):
    response = visitor.post(
        "/privacy/choices/refuse/",
        {"next": "/contact/"},
        headers={"Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
    )
    assert (response.status_code, response.content) == (204, b"")
    assert "choices" in visitor.cookie_names()
    assert visitor.submit("/privacy/choices/accept/", next="/contact/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("home", "failed"), [("/", "could not be kept"), ("/fr/", "n’a pas pu être retenu")])
def test_what_the_script_says_is_in_the_language_of_the_page(visitor: Visitor, home: str, failed: str):
    page = html.unescape(visitor.get(home).content.decode())
    assert failed in page.split('data-failed="')[1].split('"')[0]
