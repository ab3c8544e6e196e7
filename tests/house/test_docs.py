"""The documentation: its links lead somewhere, what it names is there, its picture and its tables are up to date."""

import ast
import re
import runpy
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings

from privacy.datamap import declarations
from privacy.plugins import PrivacyAppConfig

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
APPS = ("privacy", "consent", "dsr", "recruitment", "softnlabs/website")
FOLDERS = "softnlabs|privacy|consent|dsr|recruitment|tests|docs|benchmarks|policy|locale|static|templates"
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./]+\.py)` \(((?:`\w+`(?:, )?)+)\)")
WORD = re.compile(r"`(\w+)`")
# A function, a class, a value (or a keyword) or a block of a template, where it is made.
BEGINS = r"(?m)^\s*(?:(?:def|class) {0}\b|(?:\w+[.,] ?)*{0}(?:, \w+)*\s*[:=])|block {0}\b"
ABSOLUTE = re.compile(r"(?<![\w.~>/])/(?:work|tmp|home|root|usr|opt|mnt)/")


def anchors(page: Path) -> set[str]:
    """The headings of a page as addresses within it."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def lines_with(page: Path, head: str) -> Iterator[list[str]]:
    """The cells of each row of the tables under a line of headings."""
    is_inside = False
    for line in page.read_text().splitlines():
        if line.startswith(head):
            is_inside = True
        elif not line.startswith("|"):
            is_inside = False
        elif is_inside and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


@EACH
def test_each_link_leads_somewhere(page: Path):
    lost = []
    for path, anchor in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(f"{path}#{anchor}")
    assert lost == []


@EACH
def test_each_file_that_is_named_is_there(page: Path):
    assert [path for path in FILE.findall(page.read_text()) if not (ROOT / path).exists()] == []


@EACH
def test_each_name_stands_in_the_file_beside_it(page: Path):
    lost = [
        f"{path}: {name}"
        for path, names in NAMED.findall(page.read_text())
        for name in WORD.findall(names)
        if not re.search(rf"\b{name}\b", (ROOT / path).read_text())
    ]
    assert lost == []


@EACH
def test_no_page_is_unfinished_or_names_a_machine(page: Path):
    text = page.read_text()
    assert "FILL" not in text
    assert ABSOLUTE.findall(text) == []


def test_what_to_look_for_stands_in_the_files_to_open():
    lost = []
    for change, where, names in lines_with(ROOT / "docs/architecture.md", "| to change | open | look for |"):
        paths = [ROOT / path for path in FILE.findall(where)]
        text = "".join(path.read_text() for path in paths if path.is_file())
        lost += [
            f"{change}: {name}" for name in WORD.findall(names) if not re.search(BEGINS.format(name), text)
        ]
    assert lost == []


def test_the_declaration_in_the_readme_is_written_as_declarations_are():
    example = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )[0]
    calls = [each for each in ast.walk(ast.parse(example)) if isinstance(each, ast.Call)]
    declared = {call.func.id: call for call in calls if isinstance(call.func, ast.Name)}
    for name in ("PersonalData", "Keep", "Datum"):
        known = {field.name for field in fields(getattr(declarations, name))}
        assert {keyword.arg for keyword in declared[name].keywords} <= known, name


def test_the_picture_is_that_of_the_contracts():
    drawn = runpy.run_path(str(ROOT / "docs/draw.py"))
    assert drawn["PICTURE"].read_text() == drawn["picture"](), "run: python docs/draw.py"


def test_each_package_is_on_the_map():
    text = (ROOT / "docs/architecture.md").read_text()
    packages = [path.parent.relative_to(ROOT) for app in APPS for path in ROOT.glob(f"{app}/*/__init__.py")]
    shown = {str(each) for each in packages if each.name not in {"management", "migrations"}}
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^#)", text, re.MULTILINE | re.DOTALL))
    named = {
        f"{app}/{name}" for app, section in sections.items() for name in re.findall(r"`(\w+)/`", section)
    }
    assert shown - named - {path.rstrip("/") for path in FILE.findall(text)} == set()


def test_each_hook_is_in_the_table_with_a_module_that_uses_it():
    told = {}
    for name, _what, where in lines_with(ROOT / "docs/architecture.md", "| hook | what the app declares |"):
        told[WORD.findall(name)[0]] = (ROOT / FILE.findall(where)[0]).read_text()
    hooks = [name for name in vars(PrivacyAppConfig) if name in PrivacyAppConfig.__annotations__]
    assert list(told) == hooks
    assert [name for name, text in told.items() if f"config.{name}" not in text] == []


def test_each_variable_of_the_environment_is_told():
    code = (ROOT / "softnlabs/settings.py").read_text()
    read = set(re.findall(r"""(?:environ\.get|\.value|\.fernet_keys)\(\s*"([A-Z_]+)\"""", code))
    assert read - set(WORD.findall((ROOT / "docs/operations.md").read_text())) == set()


def test_each_decision_is_one_page_and_in_the_index():
    index = (ROOT / "docs/decisions/README.md").read_text()
    for page in ROOT.glob("docs/decisions/[!R]*.md"):
        text = page.read_text()
        assert re.findall(r"^## (.+)$", text, re.MULTILINE)[:3] == ["Context", "Decision", "Consequences"], (
            page
        )
        assert len(text.splitlines()) <= 60, page
        assert f"({page.name})" in index, page


def test_the_counts_of_the_standard_are_those_of_its_tables():
    page = ROOT / "docs/standard-for-public-code.md"
    states = [cells[1] for cells in lines_with(page, "| requirement | status |")]
    told = re.search(r"\*\*all\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\*", page.read_text())
    assert told is not None
    assert [states.count(state) for state in ("met", "not yet", "owner")] == [
        int(each) for each in told.groups()
    ]
    assert len([line for line in page.read_text().splitlines() if re.match(r"## \d+\. ", line)]) == 16
