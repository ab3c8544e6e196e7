"""The order of the tests, and those that need what the machine may not have.

A browser leaves an event loop behind, in which Django refuses every query.
"""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests import needs


def _item(name: str, *markers: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, get_closest_marker=lambda marker: marker if marker in markers else None)


def test_journeys_run_after_all_other_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHROMIUM", "/usr/bin/a-browser")
    items = [_item("story", "journey"), _item("first"), _item("second story", "journey"), _item("second")]
    needs.pytest_collection_modifyitems(request.config, items)
    assert [item.name for item in items] == ["first", "second", "story", "second story"]


def _config() -> SimpleNamespace:
    return SimpleNamespace(stash=pytest.Stash(), hook=SimpleNamespace(pytest_deselected=lambda items: None))


def _said(config: SimpleNamespace) -> list[str]:
    lines: list[str] = []
    needs.pytest_terminal_summary(SimpleNamespace(write_line=lines.append), config)
    return lines


def test_what_the_machine_lacks_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(needs, "NEEDS", tuple(replace(need, find=lambda: None) for need in needs.NEEDS))
    monkeypatch.delenv("SCANNERS", raising=False)
    monkeypatch.delenv("JOURNEYS", raising=False)
    config, items = (
        _config(),
        [_item("a", "scanner"), _item("b"), _item("c", "journey"), _item("d", "scanner")],
    )
    needs.pytest_collection_modifyitems(config, items)
    assert [item.name for item in items] == ["b"]
    journeys, scanners = _said(config)
    assert journeys.startswith("1 journeys were left out: no browser here.")
    assert scanners.startswith("2 tests of a scanner were left out: no clamd here. To get one: apt install")


@pytest.mark.parametrize("need", needs.NEEDS, ids=[need.marker for need in needs.NEEDS])
def test_where_it_is_required_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch, need: needs.Need):
    monkeypatch.setattr(needs, "NEEDS", (replace(need, find=lambda: None),))
    monkeypatch.setenv(need.variable, "required")
    with pytest.raises(pytest.UsageError, match=need.program):
        needs.pytest_collection_modifyitems(_config(), [_item("a", need.marker)])


def test_with_all_of_it_nothing_is_said():
    assert _said(_config()) == []
