"""A processor under contract, and what it was sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy.audit import trail
from privacy.companies.models import Processor
from privacy.promises.checking import Evidence
from tests import holdings as made
from tests.evidence import evidence
from tests.privacy.factories import make_processor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_what_an_older_entry_allowed_was_right_then(now):
    """The register is narrowed after an export: from then on it counts for what is sent."""
    alice, bob = (made.person(name, now) for name in ("alice", "bob"))
    made.transmission(alice, now - timedelta(days=2))
    Processor.objects.update(categories=["TELEPHONE"], contract_on=now.date() - timedelta(days=9))
    assert evidence("communication.exports", now) == Evidence(is_kept=False, figure=1, among=1)
    trail.record("privacy.processor.changed", now=now - timedelta(days=1), obj=Processor.objects.get())
    assert evidence("communication.exports", now) == Evidence(is_kept=True, figure=0, among=1)
    made.transmission(bob, now)
    assert evidence("communication.exports", now) == Evidence(is_kept=True, figure=0, among=2)


def test_the_desk_records_the_change_under_that_name(dpo_client):
    now = timezone.now()
    sent = made.transmission(made.person("alice", now), now - timedelta(minutes=1))
    page = f"/admin/privacy/processor/{sent.processor_id}/change/"
    typed = dpo_client.get(page).context["adminform"].form.initial
    Processor.objects.update(contract_on=now.date() - timedelta(days=1))
    facts = {**{name: value for name, value in typed.items() if value}, "categories": ["SURNAME"]}
    assert dpo_client.post(page, facts).status_code == 302
    assert evidence("communication.exports", now) == Evidence(is_kept=True, figure=0, among=1)


@pytest.mark.parametrize(
    ("contract", "among"),
    [({"contract_on": "2026-11-24"}, 0), ({"until": "2026-11-22"}, 0), ({"until": "2026-11-23"}, 1)],
    ids=["not begun", "ended", "last day"],
)
def test_whoever_works_for_us_today_is_looked_at(now, contract, among):
    make_processor(**contract)
    assert evidence("communication.contracts", now) == Evidence(is_kept=True, figure=0, among=among)
