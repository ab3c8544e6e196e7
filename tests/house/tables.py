"""What tables in the documentation claim: rows, and the tests and files that they name."""

import ast
import re
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
FILE = re.compile(r"`((?:softnlabs|privacy|consent|dsr|recruitment|policy|docs)/[\w/.-]*)`")


def rows(page: Path, head: str) -> list[list[str]]:
    """The cells of each line of the tables of ``page`` that begin with the line ``head``."""
    found, is_inside = [], False
    for line in page.read_text().splitlines():
        if line.startswith("|") and is_inside and not line.startswith("| ---"):
            found.append([cell.strip() for cell in line.strip("|").split(" | ")])
        is_inside = line.startswith("|") and (is_inside or line == head)
    return found


@cache
def tests_in(path: str) -> set[str]:
    """The tests of a file, as pytest would collect them."""
    file = ROOT / path
    parsed = ast.parse(file.read_text() if file.exists() else "")
    return {
        each.name
        for each in ast.walk(parsed)
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def missing_tests(text: str) -> list[str]:
    """The tests that ``text`` names and nobody has written."""
    return [f"{path}::{name}" for path, name in TEST.findall(text) if name not in tests_in(path)]


def missing_files(text: str) -> list[str]:
    """The files and folders that ``text`` names and that are not there."""
    return [path for path in FILE.findall(text) if not (ROOT / path).exists()]
