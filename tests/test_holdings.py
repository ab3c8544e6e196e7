"""Every holding of the site: a row for Alice and one for Bob, then each question the data map answers."""

from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from privacy.datamap.declarations import Category
from privacy.datamap.objectable import Use
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.usable import usable, without_objections
from privacy.retention import purge
from privacy.rights import erasure, holds, objection, rectification, restriction
from privacy.rights.rectification import FieldCorrection
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
EACH = pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.label)
SEARCHED = [holding for holding in holdings() if holding.is_searched]
EACH_SEARCHED = pytest.mark.parametrize("holding", SEARCHED, ids=lambda holding: holding.label)
OF_BROWSERS = [holding for holding in holdings() if not holding.is_searched]


@pytest.fixture
def alice(now) -> made.SamplePerson:
    return made.person("alice", now)


@pytest.fixture
def bob(now) -> made.SamplePerson:
    return made.person("bob", now)


def test_each_holding_has_a_maker():
    assert set(made.MAKERS) == {holding.label for holding in holdings()}


@EACH_SEARCHED
def test_a_person_is_found_and_nobody_else(holding: Holding, alice, bob, now: datetime):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    other = made.MAKERS[holding.label](bob, now - made.RECENT)
    assert list(holding.about(alice.subject())) == [row]
    assert list(holding.about(bob.subject())) == [other]


def test_visits_are_found_by_their_browser_alone():
    assert {holding.label for holding in OF_BROWSERS} == {"privacy.visit", "privacy.recordingobjection"}


@pytest.mark.parametrize("holding", OF_BROWSERS, ids=lambda holding: holding.label)
def test_what_only_a_browser_finds_is_no_persons_and_goes_with_its_period(holding: Holding, alice, now):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    restriction.restrict(alice.subject(), reason="She contests it", now=now)
    assert list(usable(holding.rows(), now)) == [row]
    erasure.erase(alice.subject(), now=now)
    assert not holding.about(alice.subject()).exists()
    assert list(holding.rows()) == [row]
    old = made.MAKERS[holding.label](made.person("bob", now), now - relativedelta(years=9))
    purge.run(now=now)
    assert list(holding.rows()) == [row] != [old]


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


@EACH_SEARCHED
def test_erasure_takes_all_of_alice_and_nothing_of_bob(holding: Holding, alice, bob, now: datetime):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    other = made.MAKERS[holding.label](bob, now - made.RECENT)
    erasure.erase(alice.subject(), now=now)
    if holding.data.erasure_exemption:
        assert list(holding.rows().filter(pk=row.pk)) == [row]
    else:
        assert not holding.about(alice.subject()).exists()
    assert list(holding.about(bob.subject())) == [other]


# What somebody types, and how it is kept.
CORRECTED = {
    Category.EMAIL: ("Carol@Example.org", "carol@example.org"),
    Category.TELEPHONE: ("05.59.00.00.01", "+33 5 59 00 00 01"),
    Category.POSTCODE: ("fr-64 290", "64290"),
}


@EACH
def test_each_field_of_alice_that_may_be_rectified_is_and_bob_stays_as_he_is(
    holding: Holding, alice, bob, now
):
    make = made.MAKERS[holding.label]
    row, other = make(alice, now - made.RECENT), make(bob, now - made.RECENT)
    before = list(holding.rows().filter(pk=other.pk).values())
    fields = [name for name, datum in holding.data.fields.items() if datum.rectifiable]
    values = {name: CORRECTED.get(holding.data.fields[name].category, ("Carol", "Carol")) for name in fields}
    corrections = [
        FieldCorrection(holding.label, str(row.pk), name, typed) for name, (typed, _kept) in values.items()
    ]
    assert rectification.rectify(alice.subject(), corrections, now=now) == bool(fields)
    kept = {name: kept for name, (_typed, kept) in values.items()}
    assert [row] == list(holding.rows().filter(pk=row.pk, **kept))
    assert list(holding.rows().filter(pk=other.pk).values()) == before
    wrong = [(row, name) for name in set(holding.data.fields) - set(fields)] + [
        (other, name) for name in fields
    ]
    for which, name in wrong:
        forbidden = [FieldCorrection(holding.label, str(which.pk), name, "64290")]
        with pytest.raises(rectification.NotRectifiableError):
            rectification.rectify(alice.subject(), forbidden, now=now)


@EACH_SEARCHED
def test_restriction_takes_alice_out_of_use_and_nobody_else_until_it_is_lifted(
    holding: Holding, alice, bob, now
):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    other = made.MAKERS[holding.label](bob, now - made.RECENT)
    restricted = restriction.restrict(alice.subject(), reason="She contests it", now=now)
    mine = {row} if holding.data.erasure_exemption else set()
    assert set(usable(holding.rows(), now).filter(pk__in=[row.pk, other.pk])) == mine | {other}
    assert list(holding.live(now).filter(pk=row.pk)) == [row]
    assert restriction.lift(restricted, now=now)
    assert usable(holding.rows(), now).filter(pk__in=[row.pk, other.pk]).count() == 2


@pytest.mark.parametrize(
    "holding",
    [each for each in holdings() if Use(each).is_objectable],
    ids=lambda holding: holding.label,
)
def test_an_objection_takes_what_is_kept_of_alice_out_of_use_then_away_and_nothing_of_bob(
    holding: Holding, alice, bob, now
):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    other = made.MAKERS[holding.label](bob, now - made.RECENT)
    both = holding.rows().filter(pk__in=[row.pk, other.pk])
    held = holds.place(email=alice.email, reason="Litigation", review_on=now.date(), now=now)
    objection.object_to(alice.subject(), [holding.label], now=now)
    restricted = restriction.restrict(alice.subject(), reason="She needs them", now=now)
    is_known_by_address = bool(holding.pseudonyms(both).get(row.pk))
    assert set(both.all()) == ({row, other} if is_known_by_address else {other})
    assert set(usable(both, now)) == set(without_objections(both)) == {other}
    holds.lift(held, now=now)
    objection.carry_out(now=now)
    assert set(both.all()) == ({row, other} if is_known_by_address else {other})
    restriction.lift(restricted, now=now)
    objection.carry_out(now=now)
    assert list(both.all()) == [other]
    assert objection.left_behind(now=now) == 0


@EACH_SEARCHED
def test_the_purge_takes_what_is_due_of_alice_unless_restricted_and_nothing_of_bob(holding, alice, bob, now):
    since = now - relativedelta(years=9)
    row, other = made.MAKERS[holding.label](alice, since), made.MAKERS[holding.label](bob, now - made.RECENT)
    restricted = restriction.restrict(alice.subject(), reason="She contests it", now=now)
    purge.run(now=now)
    assert holding.rows().filter(pk=row.pk).exists() == holding.data.purged_by.is_by_row
    restriction.lift(restricted, now=now)
    purge.run(now=now)
    assert not holding.rows().filter(pk=row.pk).exists()
    assert list(holding.rows().filter(pk=other.pk)) == [other]
