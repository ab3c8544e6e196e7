"""Code that nothing uses: vulture, told which names are used without Python saying so.

    python -m tests.unused

Templates call methods and properties by name, settings and declarations name functions in dotted strings, and Django
and the standard library call what a class of ours redefines. ``[tool.vulture]`` names the few that remain.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.core.cache.backends.base import BaseCache
from django.core.files.uploadhandler import FileUploadHandler
from django.core.management.base import BaseCommand
from django.forms import DateField, Form, ModelForm, Widget
from django.utils.feedgenerator import Atom1Feed
from vulture.config import make_config
from vulture.core import Item, Vulture

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"{{.*?}}|{%.*?%}|#\([^)]*\)", re.DOTALL)
NAME = re.compile(r"[A-Za-z_]\w*")
DOTTED = re.compile(r"-?[A-Za-z_][\w.:]*")
SETTING = re.compile(r"\b([A-Z][A-Z_]+)\b(?= =)")
# What these classes have is called by those who made them, whoever redefines it.
REDEFINED = (
    AdminConfig, AdminSite, ModelAdmin, TabularInline, ChangeList, BaseCommand, Form, ModelForm, DateField, Widget,
    UserAttributeSimilarityValidator, Feed, Atom1Feed, FileUploadHandler, HTMLParser, BaseCache, Sitemap,
)  # fmt: skip


def _names_in_templates() -> Iterator[str]:
    for path in ROOT.glob("**/templates/**/*"):
        if path.suffix in {".html", ".txt", ".xml", ".typ"}:
            for code in CODE.findall(path.read_text()):
                yield from NAME.findall(code)


def _names_in_strings(folders: list[str]) -> Iterator[str]:
    """The parts of strings that are names or dotted paths; the words of a sentence are none."""
    for path in (each for folder in folders for each in (ROOT / folder).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and DOTTED.fullmatch(node.value)
            ):
                yield from NAME.findall(node.value)


def _names_of_settings() -> Iterator[str]:
    for path in (ROOT / "softnlabs/settings.py", *ROOT.glob("softnlabs/formats/*/formats.py")):
        yield from SETTING.findall(path.read_text())


def find() -> list[Item]:
    """What nothing uses; in the tests, of functions, methods and classes only."""
    config = make_config(["--config", str(ROOT / "pyproject.toml")])
    vulture = Vulture(ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"])
    vulture.used_names.update(_names_in_templates(), _names_of_settings())
    vulture.used_names.update(_names_in_strings([folder for folder in config["paths"] if folder != "tests"]))
    vulture.used_names.update(*map(dir, REDEFINED))
    vulture.scavenge([str(ROOT / folder) for folder in config["paths"]], exclude=config["exclude"])
    unused = vulture.get_unused_code(min_confidence=config["min_confidence"])
    return [each for each in unused if not _is_data_of_tests(each)]


def _is_data_of_tests(item: Item) -> bool:
    is_callable = item.typ in {"function", "method", "class", "property"}
    return Path(item.filename).is_relative_to(ROOT / "tests") and not is_callable


def main() -> int:
    """Print what is unused; 1 when there is something."""
    unused = find()
    for each in unused:
        sys.stdout.write(f"{each.get_report()}\n")
    return int(bool(unused))


if __name__ == "__main__":
    sys.exit(main())
