"""The lock file: everything the project asks for, by hash, whatever the index. And the parts list of a build."""

import re
import tomllib
from pathlib import Path

from django.conf import settings

from tests import sbom

PROJECT = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
LOCK = (Path(settings.BASE_DIR) / "requirements.lock").read_text()


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def test_what_the_project_asks_for_is_locked():
    asked = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]}
    locked = {_name(line) for line in LOCK.splitlines() if "==" in line}
    assert {_name(requirement) for requirement in asked} - locked == set()


def test_every_version_has_its_hashes():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_it_names_no_index():
    assert re.findall(r"://|--(?:index|extra|find|trusted)\S*", LOCK) == []


def test_the_parts_list_has_every_locked_package_and_both_servers():
    parts = sbom.parts_list()["components"]
    packages = {_name(part["name"]): part["version"] for part in parts if part["type"] == "library"}
    locked = {_name(line): line.split("==")[1].split()[0] for line in LOCK.splitlines() if "==" in line}
    assert {name: packages.get(name) for name in locked} == locked
    programs = {part["name"]: part["version"] for part in parts if part["type"] == "application"}
    assert programs["postgresql"].startswith("18.")
    assert programs["redis"].startswith("6.2.")
