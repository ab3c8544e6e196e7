"""Nothing grows so long that it cannot be read at one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("softnlabs", "privacy", "consent", "dsr", "recruitment", "benchmarks", "tests")
MODULE, ONE_FILE_OF_SETTINGS, TESTS = 250, 300, 300
FUNCTION, USUAL, VIEW = 50, 25, 15


def modules() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.parent.name != "migrations":
                yield str(path.relative_to(ROOT)), path.read_text()


def functions() -> Iterator[tuple[str, str, int]]:
    """Each function with its lines, without those of its decorators and of what it says of itself."""
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                said = first.end_lineno - first.lineno + 1 if ast.get_docstring(node, clean=False) else 0
                yield name, node.name, node.end_lineno - node.lineno + 1 - said


def bound(name: str) -> int:
    if name == "softnlabs/settings.py":
        return ONE_FILE_OF_SETTINGS
    return TESTS if name.startswith("tests/") else MODULE


def test_no_module_is_longer_than_its_kind_may_be():
    lengths = {name: len(text.splitlines()) for name, text in modules()}
    assert {name: length for name, length in lengths.items() if length > bound(name)} == {}


def test_no_function_is_longer_than_a_screen_and_nearly_all_are_short():
    lengths = [(length, name, function) for name, function, length in functions()]
    assert sorted(each for each in lengths if each[0] > FUNCTION) == []
    assert sum(length < USUAL for length, *_rest in lengths) > 0.9 * len(lengths)


def test_a_view_is_a_form_one_call_and_a_response():
    views = [each for each in functions() if "/views/" in each[0] and not each[1].startswith("_")]
    assert len(views) > 20
    assert [each for each in views if each[2] > VIEW] == []
