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
from django.utils.translation import gettext, override, pgettext
from django.utils.translation.template import templatize

from privacy.audit.admin_base import AuditedModelAdmin
from privacy.datamap.registry import holdings
from privacy.policy import grounds
from softnlabs import translations
from tests.house.addresses import addresses

ROOT = Path(settings.BASE_DIR)
# Written by hand on purpose: an address with a new kind of part has no sample until somebody gives one here.
SAMPLES = {
    "<path:content_type_id>": "1",
    "<path:object_id>": "1",
    "<uuid:pk>": str(UUID(int=7)),
    "<slug:slug>": "python-developer",
    "<word:slug>": "about",
    "<str:token>": "not-a-token",
    "<str:key>": "no-key",
    "<slug:key>": "no-key",
    "<slug:language>": "en",
    "<slug:look>": "light",
    "<slug:provider>": "no-provider",
    "<str:link>": "no-link",
    "<str:person>": "no-person",
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


def _sample(route: str) -> str:
    for part, value in SAMPLES.items():
        route = route.replace(part, value)
    # Django's own catch-alls in the admin are regular expressions: any word will do.
    return re.sub(
        r"\(\?P<\w+>[^)]*\)\$?|\^|\$", lambda match: "x" if match.group().startswith("(") else "", route
    )


def test_each_address_has_a_sample():
    assert [route for route in addresses() if "<" in _sample(route)] == []


@pytest.mark.django_db
def test_every_answer_carries_the_headers():
    response = Client().get("/")
    assert set(response.headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "object-src 'none'", "require-trusted-types-for 'script'",
    }  # fmt: skip
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    for name in ("Opener", "Resource", "Embedder"):
        assert response.headers[f"Cross-Origin-{name}-Policy"] in {"same-origin", "require-corp"}
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_no_address_is_without_content_security_policy(dpo_client: Client):
    dpo_client.raise_request_exception = False
    bare = [
        route
        for route in addresses()
        if "'none'" not in dpo_client.get(_sample(route)).headers.get("Content-Security-Policy", "")
    ]
    assert bare == []


def test_every_page_of_the_desk_keeps_what_is_over_out_of_sight_and_looks_on_record():
    assert [
        str(page) for page in admin.site._registry.values() if not isinstance(page, AuditedModelAdmin)
    ] == []


# The holdings whose rows these modules read for what they are; none of them is purged or promised otherwise for that.
READ = {
    ("promises/about_access.py", "AuditEntry"),
    ("promises/about_access.py", "Training"),
    ("promises/about_breaches.py", "Breach"),
    ("promises/about_browsers.py", "RecordingObjection"),
    ("promises/about_browsers.py", "Visit"),
    ("promises/about_visits.py", "RecordingObjection"),
    ("promises/about_visits.py", "Visit"),
    ("promises/about_looks.py", "AuditEntry"),
    ("promises/about_policy.py", "AuditEntry"),
    ("promises/about_policy.py", "Mail"),
    ("promises/about_processing.py", "AuditEntry"),
    ("promises/about_processing.py", "Hold"),
    ("promises/about_processors.py", "AuditEntry"),
    ("promises/about_processors.py", "Transmission"),
    ("promises/about_disclosures.py", "Disclosure"),
    ("retention/admin.py", "Hold"),
    ("retention/advance_notice.py", "Mail"),
    ("retention/replay.py", "Restriction"),
    ("retention/safeguard.py", "AuditEntry"),
}


def _of_holdings(tree: ast.AST) -> Iterator[str]:
    """What a module imports that is the model of a holding."""
    models = {(known.model.__module__, known.model.__name__) for known in holdings()}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names if (node.module, name.name) in models)


def test_purge_and_promises_ask_the_declaration_and_name_no_model():
    """How a model is purged stands beside its fields (``purged_by``): nowhere is one told from the others."""
    labels = {known.label for known in holdings()}
    read, told_apart = set(), []
    for path in (*ROOT.glob("privacy/retention/*.py"), *ROOT.glob("privacy/promises/*.py")):
        tree = ast.parse(path.read_text())
        where = str(path.relative_to(ROOT / "privacy"))
        read |= {(where, name) for name in _of_holdings(tree)}
        for node in ast.walk(tree):
            compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            if any(isinstance(each, ast.Attribute) and each.attr == "model" for each in compared):
                told_apart.append(f"{where}:{node.lineno}")  # type: ignore[attr-defined]
            if isinstance(node, ast.Constant) and node.value in labels:
                told_apart.append(f"{where}:{node.lineno}")
    assert told_apart == []
    assert read == READ


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def templates(folder: str) -> list[Path]:
    """Every template in ``folder``, the one of the site or an app's."""
    found = (ROOT / folder).rglob("*")
    return sorted(path for path in found if path.is_file() and "templates" in path.relative_to(ROOT).parts)


Words = tuple[str | None, str]  # the context, where there is one, and the English


def _words_of_templates(folder: str) -> Iterator[Words]:
    text = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    plain = re.compile(rf"(?:\b_|(?<!p)gettext)\(\s*{text}")
    in_context = re.compile(rf"\bn?pgettext\(\s*{text}\s*,\s*{text}")
    for path in templates(folder):
        if path.suffix in {".html", ".txt"}:
            code = templatize(path.read_text(), origin=str(path))
            yield from ((None, ast.literal_eval(found)) for found in plain.findall(code))
            for context, words in in_context.findall(code):
                yield ast.literal_eval(context), ast.literal_eval(words)


def _words_of_code(folder: str) -> Iterator[Words]:
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
    paths = sorted((ROOT / folder).rglob("*.py"))
    if folder == "consent":  # the package for cookie groups has no French: the desk shows some of its words
        paths += map(Path(cookie_consent.__file__).parent.joinpath, BORROWED)
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                words = [ast.literal_eval(word) for word in node.args[:2] if isinstance(word, ast.Constant)]
                in_context = node.func.id.startswith("pgettext")  # type: ignore[attr-defined]
                yield (words[0], words[1]) if in_context else (None, words[0])


# The folders whose words each catalogue translates: each app its own, and the site's those of its pages.
CATALOGUES = {
    ".": ("softnlabs", "templates"),
    **{app: (app,) for app in APPS if app != "softnlabs"},
}


def _catalogue(folder: str) -> polib.POFile:
    return polib.pofile(str(ROOT / folder / "locale/fr/LC_MESSAGES/django.po"))


def _needed(folder: str) -> set[Words]:
    return {
        words
        for each in CATALOGUES[folder]
        for words in (*_words_of_templates(each), *_words_of_code(each))
        if words[1]
    }


def test_each_catalogue_is_compiled():
    assert {str(po.relative_to(ROOT)) for po in translations.catalogues(ROOT)} == {
        str(Path(folder, "locale/fr/LC_MESSAGES/django.po")) for folder in CATALOGUES
    }


@pytest.mark.parametrize("folder", CATALOGUES)
def test_french_is_complete(folder: str):
    said = {(entry.msgctxt, entry.msgid): entry for entry in _catalogue(folder)}
    silent = sorted(
        str(words)
        for words in _needed(folder)
        if words not in said or "fuzzy" in said[words].flags or not _french(said[words])
    )
    assert silent == []


def test_what_two_catalogues_translate_they_translate_alike():
    """Django makes one catalogue of them all: otherwise the order of the apps would choose the words."""
    said: dict[Words, set[str]] = {}
    for entry in _entries():
        said.setdefault((entry.msgctxt, entry.msgid), set()).add(str(entry.msgstr_plural or entry.msgstr))
    assert {words: texts for words, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("folder", CATALOGUES)
def test_what_is_translated_here_is_what_people_read(folder: str):
    """The catalogue of an app that stands earlier in the settings, Django's own too, wins over a later one."""
    entries = [entry for entry in _catalogue(folder) if not entry.msgid_plural]
    with override("fr"):
        other = [
            entry.msgid
            for entry in entries
            if (pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else gettext(entry.msgid))
            != entry.msgstr
        ]
    assert other == []


def _entries() -> list[polib.POEntry]:
    return [entry for folder in CATALOGUES for entry in _catalogue(folder)]


def _french(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _french_texts() -> list[str]:
    texts = [text for entry in _entries() for text in (entry.msgstr, *entry.msgstr_plural.values())]
    pages = (
        *ROOT.glob("policy/*/fr.md"),
        *ROOT.glob("recruitment/offers/*/*.fr.md"),
        *ROOT.glob("softnlabs/website/pages/*/*.fr.md"),
    )
    return [*texts, *(grounds.without_marks(path.read_text()) for path in pages)]


def test_french_punctuation_stays_with_its_word():
    """A colon alone at the head of a line is an error of the printer: the space before it does not break."""
    loose = re.compile(r" [:;?!»]|« ")
    assert [text for text in _french_texts() if loose.search(text)] == []


def test_french_has_one_word_for_an_e_mail():
    other = re.compile(r"courriel|électronique|(?<![\w-])m(ail|él)s?\b(?!:)", re.IGNORECASE)
    assert [text for text in _french_texts() if other.search(text)] == []


@pytest.mark.parametrize("folder", CATALOGUES)
def test_nothing_is_translated_twice_or_for_nothing(folder: str):
    ids = [(entry.msgctxt, entry.msgid) for entry in _catalogue(folder)]
    needed = _needed(folder)
    assert sorted({str(key) for key in ids if ids.count(key) > 1}) == []
    assert sorted(str(key) for key in ids if key not in needed) == []


def test_placeholders_survive_translation():
    marks = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    wrong = [
        entry.msgid
        for entry in _entries()
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if not set(marks.findall(text)) <= set(marks.findall(entry.msgid + entry.msgid_plural))
        or not set(marks.findall(entry.msgid_plural or entry.msgid)) <= set(marks.findall(text))
    ]
    assert wrong == []


# Below each app: what its templates may use besides their own app. The frame of a page is the site's, as with any
# installable app: it extends ``base.html`` and includes ``includes/``.
BELOW = {
    "privacy": set(),
    "consent": {"privacy"},
    "recruitment": {"privacy", "consent"},
    "dsr": {"privacy"},
}
FRAME = re.compile(
    r"base\.html|includes/.*|admin/(?!privacy|consent|dsr|recruitment|website).*|emails/base\..*|django/.*"
)


def _app_of_template(name: str) -> str | None:
    """The app that brings the template ``name``; none for those of the site and of Django."""
    return next((app for app in APPS if any((ROOT / app).glob(f"**/templates/{name}"))), None)


@pytest.mark.parametrize("app", BELOW)
def test_templates_know_their_own_app_and_those_below(app: str):
    allowed = {app, *BELOW[app]}
    libraries = {
        path.stem: next(name for name in APPS if path.is_relative_to(ROOT / name))
        for name in APPS
        for path in (ROOT / name).glob("**/templatetags/*.py")
    }
    wrong = []
    for path in templates(app):
        text = path.read_text()
        for tag, words in re.findall(r"{% *(load|extends|include|url) ([^%]*)%}", text):
            where = f"{path.relative_to(ROOT)}: {tag} {words.strip()}"
            if tag == "load":
                wrong += [where for name in words.split() if libraries.get(name, app) not in allowed]
            elif quoted := re.match(r"""["']([^"']+)["']""", words):
                name = quoted.group(1)
                if tag == "url":
                    wrong += [where] if ":" in name and name.split(":")[0] not in {*allowed, "admin"} else []
                elif not FRAME.fullmatch(name) and _app_of_template(name) not in allowed:
                    wrong.append(where)
    assert wrong == []


def test_no_instant_is_written_finer_than_html_allows():
    finer = re.compile(r"""datetime="[^"]*\|date:.c.""")
    wrong = [
        str(path)
        for folder in (*APPS, "templates")
        for path in templates(folder)
        if finer.search(path.read_text())
    ]
    assert wrong == []


def test_every_template_is_used():
    """By code, or by another template; those that Django finds by their name are named here. E-mails: test_messages."""
    by_name = re.compile(
        r"(400|403|403_csrf|404|500|503)\.html|admin/.*|django/forms/.*|emails/.*|.*/replies/.*"
    )
    said = "\n".join(
        path.read_text()
        for folder in (*APPS, "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".typ"}
    )
    names = [
        str(path).split("/templates/", 1)[1] for folder in (*APPS, "templates") for path in templates(folder)
    ]
    assert len(names) > 170
    unused = [name for name in names if not by_name.fullmatch(name) and name.removesuffix(".typ") not in said]
    assert unused == []


def test_no_test_imports_another():
    """What tests share stands in modules that are none."""
    shared = re.compile(
        r"^ *from tests\.[\w.]*\btest_\w+ import|^ *import tests\.[\w.]*\btest_", re.MULTILINE
    )
    assert [str(path) for path in (ROOT / "tests").rglob("*.py") if shared.search(path.read_text())] == []
