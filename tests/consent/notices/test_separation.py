"""Notices chosen by pages seen keep to their own consented cookie: they know neither visits nor the counting number."""

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.cookies import registry
from privacy.visits import recording
from tests import holdings as made
from tests.consent.conftest import Visitor

ROOT = Path(__file__).parents[3]


def test_no_module_of_notices_imports_anything_of_visits():
    imported = {
        name
        for path in ROOT.glob("consent/notices/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in (getattr(node, "module", None) or "", *(each.name for each in node.names))
    }
    assert "consent.cookies" in imported  # it was read at all
    assert [name for name in imported if "visit" in name or name == "recording"] == []


@pytest.mark.django_db
def test_choosing_a_notice_asks_no_table_of_visits_and_sees_no_number(visitor: Visitor, acting, now):
    alice = made.person("alice", now)
    made.visit(alice, now - made.RECENT)
    visitor.submit("/privacy/choices/accept/")
    visitor.cookies[recording.cookie_name()] = str(alice.visitor)
    with CaptureQueriesContext(connection) as asked:
        page = visitor.get("/")
    assert page.status_code == 200
    assert [query["sql"] for query in asked if "privacy_visit" in query["sql"]] == []
    group, _cookie = registry.current().by_name["topics"]
    assert group.needs_consent
    assert str(alice.visitor) not in str(page.cookies)
