"""The browser of the journeys: where it is, and what happens to the journeys where there is none.

Without one they are left out, and the last lines say so; JOURNEYS=required makes that an error.
"""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "To get a browser: apt install chromium, or name one: CHROMIUM=/path/to/chromium"
_count = pytest.StashKey[int]()


def chromium() -> str | None:
    """The path of a Chromium, if this machine has one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    journeys = [item for item in items if item.get_closest_marker("journey")]
    if not journeys or chromium():
        return
    if os.environ.get("JOURNEYS") == "required":
        raise pytest.UsageError(f"{len(journeys)} journeys need a browser. {HOW_TO_GET_ONE}")
    config.stash[_count] = len(journeys)
    items[:] = [item for item in items if item not in journeys]
    config.hook.pytest_deselected(items=journeys)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(_count, 0):
        terminalreporter.write_line(f"{count} journeys were left out: no browser here. {HOW_TO_GET_ONE}")
