"""The browser of the journeys: where it is, and what happens to the journeys where there is none.

Without one they are left out, and the last lines say so; JOURNEYS=required makes that an error.
"""

import os
import shutil
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "To get a browser: apt install chromium, or name one: CHROMIUM=/path/to/chromium"
_count = pytest.StashKey[int]()


def chromium() -> str | None:
    """The path of a Chromium, if this machine has one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_configure(config: pytest.Config) -> None:
    """Said before the parts start: one of them cannot say it so that people see why all ends."""
    if config.getoption("numprocesses", None) and _are_required() and not chromium():
        raise pytest.UsageError(f"The journeys need a browser. {HOW_TO_GET_ONE}")


def _are_required() -> bool:
    return os.environ.get("JOURNEYS") == "required"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    journeys = [item for item in items if item.get_closest_marker("journey")]
    # A browser that was opened leaves an event loop in its thread, in which Django refuses every query.
    items.sort(key=lambda item: item.get_closest_marker("journey") is not None)
    if not journeys or chromium():
        return
    if _are_required():
        raise pytest.UsageError(f"{len(journeys)} journeys need a browser. {HOW_TO_GET_ONE}")
    config.stash[_count] = len(journeys)
    items[:] = [item for item in items if item not in journeys]
    config.hook.pytest_deselected(items=journeys)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A part of the tests tells the one who prints the last lines."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["journeys"] = session.config.stash.get(_count, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Every part found the same journeys, and left them out alike."""
    node.config.stash[_count] = getattr(node, "workeroutput", {}).get("journeys", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(_count, 0):
        terminalreporter.write_line(f"{count} journeys were left out: no browser here. {HOW_TO_GET_ONE}")
