"""The lock file: everything the project asks for, by hash, from wherever the machine gets its packages."""

import re
import tomllib
from pathlib import Path

from django.conf import settings

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
