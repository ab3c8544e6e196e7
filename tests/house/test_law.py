"""docs/law.md: each provision is served by something that is there and shown by a test that is there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs/law.md"
HEAD = "| provision | what it asks | what serves it | what shows it |"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
FILE = re.compile(r"`((?:softnlabs|privacy|consent|dsr|recruitment|policy|docs)/[\w/.-]*)`")
THEIRS = "the organisation’s: "


def provisions() -> list[list[str]]:
    """The cells of each line of the page's tables."""
    rows, is_inside = [], False
    for line in PAGE.read_text().splitlines():
        if line.startswith("|") and is_inside and not line.startswith("| ---"):
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
        is_inside = line.startswith("|") and (is_inside or line == HEAD)
    return rows


@cache
def named_in(path: str) -> set[str]:
    """The tests of a file, as pytest would collect them."""
    parsed = ast.parse((ROOT / path).read_text())
    return {
        each.name
        for each in ast.walk(parsed)
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def test_about_thirty_provisions_of_each_law_that_reaches_software_are_there():
    names = [row[0] for row in provisions()]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert sum(name.startswith("GDPR ") for name in names) >= 25
    assert sum(name.startswith("78-17 ") for name in names) >= 5


def test_each_test_that_is_named_is_there():
    named = [test for row in provisions() for test in TEST.findall(row[3])]
    assert [f"{path}::{name}" for path, name in named if name not in named_in(path)] == []
    assert len(named) > 30


def test_each_provision_names_a_test_or_says_why_it_is_the_organisations_alone():
    bare = [
        row[0]
        for row in provisions()
        if not TEST.search(row[3]) and not (row[2] == "—" and row[3].startswith(THEIRS))
    ]
    assert bare == []


def test_what_serves_a_provision_is_a_file_or_a_folder_that_is_there():
    served = [row for row in provisions() if row[2] != "—"]
    assert [row[0] for row in served if not FILE.search(row[2])] == []
    assert [path for row in served for path in FILE.findall(row[2]) if not (ROOT / path).exists()] == []
