"""The number of a browser stands with its visits, in objections to them, and nowhere else."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from privacy.datamap import registry
from privacy.promises.checking import Evidence
from privacy.visits import recording
from privacy.visits.models import Visit
from tests import holdings as made
from tests import roles
from tests.evidence import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
KEPT, BROKEN = Evidence(is_kept=True, figure=0, among=2), Evidence(is_kept=False, figure=1, among=2)


@pytest.fixture
def alice(now) -> made.SamplePerson:
    """She and Bob came today."""
    both = [made.person(name, now) for name in ("alice", "bob")]
    for who in both:
        made.visit(who, now)
    return both[0]


@pytest.fixture
def searched(monkeypatch):
    """As if people were looked up in visits."""
    changed = replace(Visit.personal_data, subject={"receipts": "visitor"})
    monkeypatch.setattr(Visit, "personal_data", changed)
    registry.holdings.cache_clear()
    yield
    monkeypatch.undo()
    registry.holdings.cache_clear()


def test_beside_a_choice_it_is_found_and_an_objection_to_the_count_is_no_other_record(now, alice):
    recording.opt_out([alice.visitor], now=now)
    made.consent_event(alice, now)
    assert evidence("data.number", now) == KEPT
    made.consent_event(replace(alice, receipt=alice.visitor), now)
    assert evidence("data.number", now) == BROKEN
    assert evidence("data.number", now + timedelta(days=2)).among == 0


@pytest.mark.parametrize("kind", ["uuid", "uuid[]"])
def test_a_column_that_no_model_knows_is_seen_too(now, alice, kind: str):
    number: UUID | list[UUID] = [alice.visitor] if kind == "uuid[]" else alice.visitor
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE made_in_a_corner (theirs {kind})")
        assert evidence("data.number", now) == KEPT
        cursor.execute(f"INSERT INTO made_in_a_corner VALUES (%s::{kind})", [number])
    assert evidence("data.number", now) == BROKEN


@pytest.mark.usefixtures("searched")
def test_nobody_may_be_looked_up_by_it(now, alice):
    assert evidence("data.number", now) == BROKEN
