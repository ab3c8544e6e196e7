"""Every holding of the site: a row for Alice and one for Bob, then each question the data map answers."""

from datetime import datetime, timedelta

import pytest

from privacy.datamap import Holding, holdings
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
EACH = pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.label)


@pytest.fixture
def alice(now) -> made.Person:
    return made.person("alice", now)


@pytest.fixture
def bob(now) -> made.Person:
    return made.person("bob", now)


def test_each_holding_has_a_maker():
    assert set(made.MAKERS) == {holding.label for holding in holdings()}


@EACH
def test_a_person_is_found_and_nobody_else(holding: Holding, alice, bob, now: datetime):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    other = made.MAKERS[holding.label](bob, now - made.RECENT)
    assert list(holding.about(alice.subject())) == [row]
    assert list(holding.about(bob.subject())) == [other]


@EACH
def test_the_package_says_what_is_held_about_alice_and_never_names_bob(holding: Holding, alice, bob, now):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    made.MAKERS[holding.label](bob, now - made.RECENT)
    said = repr(holding.export(row))
    assert said != "[]"
    assert "bob" not in said


@EACH
def test_a_row_is_live_until_its_period_ends_and_due_from_that_instant(holding: Holding, alice, now):
    row = made.MAKERS[holding.label](alice, now)
    end = holding.expires_at(row)
    assert end is not None
    instant = timedelta(microseconds=1)
    assert holding.live(end - instant).filter(pk=row.pk).exists()
    assert not holding.due(end - instant).filter(pk=row.pk).exists()
    assert not holding.live(end).filter(pk=row.pk).exists()
    assert holding.due(end).filter(pk=row.pk).exists()


@EACH
def test_each_datum_has_a_label_that_is_not_its_column(holding: Holding):
    labels = {name: str(holding.field_label(name)) for name in holding.data.fields}
    assert all(label and "_" not in label for label in labels.values()), labels
