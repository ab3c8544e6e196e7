"""docs/asvs.md and docs/threats.md: each row names a test that is there, or says why there is none."""

import re
from collections import Counter

import pytest

from tests import everything
from tests.house import tables

ASVS, THREATS = (tables.ROOT / "docs" / name for name in ("asvs.md", "threats.md"))
HEADS = {
    ASVS: "| requirement | what it asks | how it is met | what shows it |",
    THREATS: "| threat | way | what stands in the way | what shows it |",
}
BOTH = pytest.mark.parametrize("page", HEADS, ids=lambda page: page.stem)
REASONS = ("does not apply: ", "the operator's: ", "the organisation's: ")
EACH_BUILD = re.compile("each build: (.+)")
# The requirements of levels 1 and 2, by section: the numbers of each that are not of level 3 alone.
SECTIONS = {
    "1.1": [1, 2], "1.2": range(1, 10), "1.3": range(1, 12), "1.4": range(1, 4), "1.5": [1, 2],
    "2.1": range(1, 4), "2.2": range(1, 4), "2.3": range(1, 5), "2.4": [1],
    "3.2": [1, 2], "3.3": range(1, 5), "3.4": range(1, 7), "3.5": range(1, 6), "3.7": [1, 2],
    "4.1": range(1, 4), "4.2": [1], "4.3": [1, 2], "4.4": range(1, 5),
    "5.1": [1], "5.2": range(1, 4), "5.3": [1, 2], "5.4": range(1, 4),
    "6.1": range(1, 4), "6.2": range(1, 12), "6.3": range(1, 4), "6.4": range(1, 5), "6.5": range(1, 6),
    "6.6": range(1, 4), "6.8": range(1, 5),
    "7.1": range(1, 4), "7.2": range(1, 5), "7.3": [1, 2], "7.4": range(1, 6), "7.5": [1, 2], "7.6": [1, 2],
    "8.1": [1, 2], "8.2": range(1, 4), "8.3": [1], "8.4": [1],
    "9.1": range(1, 4), "9.2": range(1, 5),
    "10.1": [1, 2], "10.2": [1, 2], "10.3": range(1, 5), "10.4": range(1, 12), "10.5": range(1, 6), "10.6": [1, 2],
    "10.7": range(1, 4),
    "11.1": [1, 2], "11.2": range(1, 4), "11.3": range(1, 4), "11.4": range(1, 5), "11.5": [1], "11.6": [1],
    "12.1": range(1, 4), "12.2": [1, 2], "12.3": range(1, 5),
    "13.1": [1], "13.2": range(1, 6), "13.3": [1, 2], "13.4": range(1, 6),
    "14.1": [1, 2], "14.2": range(1, 5), "14.3": range(1, 4),
    "15.1": range(1, 4), "15.2": range(1, 4), "15.3": range(1, 8),
    "16.1": [1], "16.2": range(1, 6), "16.3": range(1, 5), "16.4": range(1, 4), "16.5": range(1, 4),
    "17.1": [1], "17.2": range(1, 5), "17.3": [1, 2],
}  # fmt: skip


def shown(page) -> list[tuple[str, str]]:
    """What each row is about, and what shows it."""
    return [(row[0], row[-1]) for row in tables.rows(page, HEADS[page])]


def test_each_requirement_has_one_row():
    listed = Counter(name for name, _shown in shown(ASVS))
    asked = [f"{section}.{number}" for section, numbers in SECTIONS.items() for number in numbers]
    assert listed == Counter(asked)


@BOTH
def test_each_test_and_file_that_is_named_is_there(page):
    text = page.read_text()
    assert tables.missing_tests(text) == []
    assert tables.missing_files(text) == []


@BOTH
def test_each_row_names_a_test_or_says_why_there_is_none(page):
    rows = shown(page)
    assert len(rows) > 25
    bare = [
        name
        for name, words in rows
        if not tables.TEST.search(words) and not words.startswith(REASONS) and not _is_checked(words)
    ]
    assert bare == []


def _is_checked(words: str) -> bool:
    """By a check that stands beside the tests in each build."""
    found = EACH_BUILD.fullmatch(words)
    return found is not None and found[1] in everything.CHECKS


def test_a_test_that_nobody_wrote_is_found():
    assert tables.missing_tests("`tests/house/test_security_tables.py::test_of_nobody`") != []
    assert tables.missing_tests("`tests/house/test_of_nobody.py::test_of_nobody`") != []
    assert tables.missing_files("`privacy/of_nobody.py`") == ["privacy/of_nobody.py"]
