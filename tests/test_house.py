"""A walk through the house: addresses, headers, words. What is built later is walked the day it stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import cookie_consent
import polib
import pytest
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation.template import templatize

from privacy.audit.admin_base import DeskAdmin

ROOT = Path(settings.BASE_DIR)
# Written by hand on purpose: an address with a new kind of part has no sample until somebody gives one here.
SAMPLES = {
    "<path:content_type_id>": "1",
    "<path:object_id>": "1",
    "<uuid:pk>": str(UUID(int=7)),
    "<slug:slug>": "python-developer",
    "<str:token>": "not-a-token",
    "<str:key>": "no-key",
    "<str:holding>": "no.holding",
    "<str:field>": "no-field",
    "<str:label>": "privacy.mail",
    "<int:pk>": "1",
    "<id>": "1",
    "<int:number>": "1",
    "<slug:sha256>": "0" * 64,
}
APPS = ("softnlabs", "privacy", "consent", "dsr", "recruitment")
BORROWED = ("models.py", "apps.py")
VERBS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            yield route


def _sample(route: str) -> str:
    for part, value in SAMPLES.items():
        route = route.replace(part, value)
    # Django's own catch-alls in the admin are regular expressions: any word will do.
    return re.sub(
        r"\(\?P<\w+>[^)]*\)\$?|\^|\$", lambda match: "x" if match.group().startswith("(") else "", route
    )


def addresses() -> list[str]:
    return sorted(set(_addresses(get_resolver().url_patterns)))


def test_each_address_has_a_sample():
    assert [route for route in addresses() if "<" in _sample(route)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_no_address_fails_for_anybody_under_any_verb(verb: str, desk: Client, clerk):
    anybody, staff = Client(raise_request_exception=False), Client(raise_request_exception=False)
    staff.force_login(clerk)
    desk.raise_request_exception = False
    wrong = [
        (route, response.status_code)
        for route in addresses()
        for client in (anybody, staff, desk)
        if (response := getattr(client, verb)(_sample(route))).status_code == 500
        or (verb == "trace" and response.status_code == 200)
    ]
    assert wrong == []


@pytest.mark.django_db
def test_every_answer_carries_the_headers():
    response = Client().get("/")
    assert set(response.headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
        "require-trusted-types-for 'script'",
    }  # fmt: skip
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    for name in ("Opener", "Resource", "Embedder"):
        assert response.headers[f"Cross-Origin-{name}-Policy"] in {"same-origin", "require-corp"}
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_no_address_is_without_content_security_policy(desk: Client):
    desk.raise_request_exception = False
    bare = [
        route
        for route in addresses()
        if "'none'" not in desk.get(_sample(route)).headers.get("Content-Security-Policy", "")
    ]
    assert bare == []


def test_every_page_of_the_desk_keeps_what_is_over_out_of_sight_and_looks_on_record():
    assert [str(page) for page in admin.site._registry.values() if not isinstance(page, DeskAdmin)] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def templates() -> list[Path]:
    """Every template of the site and its apps."""
    folders = [ROOT / "templates", *(ROOT / app for app in APPS)]
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "templates" in path.relative_to(ROOT).parts
    )


Words = tuple[str | None, str]  # the context, where there is one, and the English


def _words_of_templates() -> Iterator[Words]:
    text = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    plain = re.compile(rf"(?:\b_|(?<!p)gettext)\(\s*{text}")
    in_context = re.compile(rf"\bn?pgettext\(\s*{text}\s*,\s*{text}")
    for path in templates():
        if path.suffix in {".html", ".txt"}:
            code = templatize(path.read_text(), origin=str(path))
            yield from ((None, ast.literal_eval(found)) for found in plain.findall(code))
            for context, words in in_context.findall(code):
                yield ast.literal_eval(context), ast.literal_eval(words)


def _words_of_code() -> Iterator[Words]:
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
    # The package for cookie groups has no French; what of it the desk shows is translated here.
    borrowed = Path(cookie_consent.__file__).parent
    for folder in (*map(ROOT.joinpath, APPS), borrowed):
        for path in sorted(folder.rglob("*.py") if folder != borrowed else map(folder.joinpath, BORROWED)):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                    words = [
                        ast.literal_eval(word) for word in node.args[:2] if isinstance(word, ast.Constant)
                    ]
                    in_context = node.func.id.startswith("pgettext")  # type: ignore[attr-defined]
                    yield (words[0], words[1]) if in_context else (None, words[0])


def test_french_is_complete():
    entries = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    said = {(entry.msgctxt, entry.msgid): entry for entry in entries}
    needed = {words for words in (*_words_of_templates(), *_words_of_code()) if words[1]}
    silent = sorted(
        str(words)
        for words in needed
        if words not in said or "fuzzy" in said[words].flags or not _french(said[words])
    )
    assert silent == []


def _french(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _french_texts() -> list[str]:
    entries = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    texts = [text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())]
    pages = (*ROOT.glob("policy/*/fr.md"), *ROOT.glob("recruitment/*/*.fr.md"))
    return [*texts, *(path.read_text() for path in pages)]


def test_french_punctuation_stays_with_its_word():
    """A colon alone at the head of a line is an error of the printer: the space before it does not break."""
    loose = re.compile(r" [:;?!»]|« ")
    assert [text for text in _french_texts() if loose.search(text)] == []


def test_french_has_one_word_for_an_e_mail():
    other = re.compile(r"courriel|électronique|(?<![\w-])m(ail|él)s?\b(?!:)", re.IGNORECASE)
    assert [text for text in _french_texts() if other.search(text)] == []


def test_nothing_is_translated_twice_or_for_nothing():
    entries = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    ids = [(entry.msgctxt, entry.msgid) for entry in entries]
    needed = {*_words_of_templates(), *_words_of_code()}
    assert sorted({str(key) for key in ids if ids.count(key) > 1}) == []
    assert sorted(str(key) for key in ids if key not in needed) == []


def test_placeholders_survive_translation():
    marks = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if not set(marks.findall(text)) <= set(marks.findall(entry.msgid + entry.msgid_plural))
        or not set(marks.findall(entry.msgid_plural or entry.msgid)) <= set(marks.findall(text))
    ]
    assert wrong == []
