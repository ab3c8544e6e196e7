"""Who decides, what is kept for a legal reason, and which data are asked for."""

from datetime import timedelta

import pytest

from privacy import plugins
from privacy.audit import trail
from privacy.datamap import explanations, registry
from privacy.datamap.declarations import Category
from privacy.datamap.registry import holding
from privacy.mail.models import Mail
from privacy.promises import about_processing
from privacy.promises.checking import Evidence
from privacy.rights import holds
from tests import sabotage
from tests.evidence import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.mark.parametrize(
    ("actor", "action", "wrong"),
    [
        ("user:7", "dsr.request.refused", 0),
        ("user:7", "recruitment.application.answered", 0),
        ("visitor", "dsr.request.granted", 0),  # an objection, carried out when it is confirmed
        ("visitor", "dsr.request.refused", 1),
        ("system", "dsr.request.granted", 1),
        ("system", "dsr.request.decided", 1),
        ("system", "recruitment.application.answered", 1),
    ],
)
def test_only_an_account_decides_and_only_a_grant_may_come_at_once(now, actor, action, wrong):
    with trail.acting(actor, "test"):
        trail.record(action, now=now)
    assert evidence("purposes.decided_by_people", now) == Evidence(not wrong, wrong, among=1)


def test_each_decision_is_an_action_that_its_app_writes():
    configs = plugins.installed()
    assert all(config.decisions.keys() <= config.audit_labels.keys() for config in configs)
    assert sum(len(config.decisions) for config in configs) == 7


def test_what_decides_nothing_is_not_looked_at(now):
    trail.record("dsr.request.received", now=now)
    assert evidence("purposes.decided_by_people", now) == Evidence(is_kept=True, figure=0, among=0)


@pytest.mark.parametrize(("days", "is_kept"), [(7, True), (8, False)])
def test_a_hold_is_reviewed_within_a_week_of_its_day(now, days, is_kept):
    day = now.date() - timedelta(days=days)
    placed = holds.place(email="alice@example.org", reason="A claim", review_on=day, now=now)
    assert evidence("storage.holds", now) == Evidence(is_kept, int(not is_kept), among=1)
    holds.lift(placed, now=now)
    assert evidence("storage.holds", now) == Evidence(is_kept=True, figure=0, among=0)


def test_each_category_was_judged():
    assert set(Category) == about_processing.NOT_SENSITIVE


def test_another_source_is_said_where_people_look(now, monkeypatch, settings):
    assert explanations.explain(holding(Mail)).source == "You, and what our software noted"
    sabotage.processing.addresses_that_were_bought(sabotage.Stage(now, monkeypatch, settings))
    assert explanations.explain(holding(Mail)).source == "A broker of addresses"
    monkeypatch.undo()
    registry.holdings.cache_clear()
