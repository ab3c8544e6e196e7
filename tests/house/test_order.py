"""The order of the tests: a browser leaves an event loop behind, in which Django refuses every query."""

from types import SimpleNamespace

import pytest

from tests import browser


def _item(name: str, *markers: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, get_closest_marker=lambda marker: marker if marker in markers else None)


def test_journeys_run_after_all_other_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHROMIUM", "/usr/bin/a-browser")
    items = [_item("story", "journey"), _item("first"), _item("second story", "journey"), _item("second")]
    browser.pytest_collection_modifyitems(request.config, items)
    assert [item.name for item in items] == ["first", "second", "story", "second story"]
