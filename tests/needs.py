"""What some tests need of the machine, and what happens to them where it is missing.

They are left out, and the last lines say so; a variable set to ``required`` makes that an error.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_count = pytest.StashKey[dict[str, int]]()


@dataclass(frozen=True)
class Need:
    """A program for the tests with a ``marker``, which are called ``tests`` in what is said."""

    marker: str
    tests: str
    program: str
    variable: str
    how_to_get: str
    find: Callable[[], str | None]

    def is_missing(self) -> bool:
        return self.find() is None

    def is_required(self) -> bool:
        return os.environ.get(self.variable) == "required"


def chromium() -> str | None:
    """The path of a Chromium, if this machine has one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def clamd() -> str | None:
    """The path of ClamAV's daemon, which Debian keeps where only root looks."""
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


NEEDS = (
    Need(
        "journey",
        "journeys",
        "browser",
        "JOURNEYS",
        "To get a browser: apt install chromium, or name one: CHROMIUM=/path/to/chromium",
        chromium,
    ),
    Need(
        "scanner",
        "tests of a scanner",
        "clamd",
        "SCANNERS",
        "To get one: apt install --no-install-recommends clamav-daemon",
        clamd,
    ),
)


def pytest_configure(config: pytest.Config) -> None:
    """Said before the parts start: one of them cannot say it so that people see why all ends."""
    for need in NEEDS:
        if config.getoption("numprocesses", None) and need.is_required() and need.is_missing():
            raise pytest.UsageError(f"The {need.tests} need a {need.program}. {need.how_to_get}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # A browser that was opened leaves an event loop in its thread, in which Django refuses every query.
    items.sort(key=lambda item: item.get_closest_marker("journey") is not None)
    for need in NEEDS:
        _leave_out(need, config, items)


def _leave_out(need: Need, config: pytest.Config, items: list[pytest.Item]) -> None:
    needing = [item for item in items if item.get_closest_marker(need.marker)]
    if not needing or not need.is_missing():
        return
    if need.is_required():
        raise pytest.UsageError(f"{len(needing)} {need.tests} need a {need.program}. {need.how_to_get}")
    config.stash.setdefault(_count, {})[need.marker] = len(needing)
    items[:] = [item for item in items if item not in needing]
    config.hook.pytest_deselected(items=needing)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A part of the tests tells the one who prints the last lines."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["left_out"] = session.config.stash.get(_count, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Every part found the same tests, and left them out alike."""
    node.config.stash[_count] = getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash.get(_count, {})
    for need in NEEDS:
        if count := left_out.get(need.marker, 0):
            line = f"{count} {need.tests} were left out: no {need.program} here. {need.how_to_get}"
            terminalreporter.write_line(line)
