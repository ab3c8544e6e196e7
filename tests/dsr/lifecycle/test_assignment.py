"""Who does what by when at the desk, and who approves."""

from datetime import date, timedelta

import pytest
from django.test import Client

from dsr.review import approval
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from privacy.audit import trail
from privacy.datamap import masks
from tests import actors
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.steps import ask, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_a_request_is_assigned_with_a_target_and_found_by_it(dpo_client, dpo, now):
    mine, other = ask(now, Right.ACCESS), ask(now, Right.PORTABILITY, email="bob@example.org")
    do(dpo_client, mine, "organise", assignee=f"user:{dpo.pk}", target_on="2026-12-01")
    assert (mine.assignee, mine.target_on) == (f"user:{dpo.pk}", date(2026, 12, 1))
    assert f'<td class="field-assigned">{masks.email(dpo.email)} (' in dpo_client.get(QUEUE).content.decode()
    assert f"Assigned to: {dpo.email}" in page_of(dpo_client, mine)
    for query, found in {
        f"assignee=user:{dpo.pk}": mine,
        "assignee=nobody": other,
        "kind=PORTABILITY": other,
    }.items():
        page = dpo_client.get(f"{QUEUE}?{query}").content.decode()
        assert found.reference in page, query
        assert ({mine, other} - {found}).pop().reference not in page, query
    late = do(dpo_client, mine, "organise", assignee="", target_on="2026-12-31")
    assert late.status_code == 422


def test_what_is_due_within_some_days_is_found(dpo_client, now):
    near, far = ask(now - timedelta(days=27), Right.ACCESS), ask(now, Right.ACCESS, email="bob@example.org")
    page = dpo_client.get(f"{QUEUE}?within=7").content.decode()
    assert near.reference in page
    assert far.reference not in page


def test_with_four_eyes_who_prepares_does_not_approve(dpo_client, dpo, now, settings):
    settings.REQUESTS_FOUR_EYES = True
    subject_request = checked(ask(now, Right.ACCESS), now)
    assert {"grant", "refuse"} & offered(page_of(dpo_client, subject_request)) == set()
    do(dpo_client, subject_request, "prepare")
    for action in ("grant", "refuse"):
        do(dpo_client, subject_request, action, ground="UNFOUNDED", reason="No.")
        assert subject_request.state == RequestState.RECEIVED
    second = actors.make_controller("second@example.org")
    other = Client()
    actors.sign_in(other, second)
    do(other, subject_request, "decide", right="ACCESS", outcome="NOTHING", reason="")
    assert subject_request.prepared_by == ""  # what was changed has to be submitted again
    with trail.acting(f"user:{dpo.pk}", "test"):
        approval.prepare(subject_request.pk, now=now)
    assert "a second person sends it" in page_of(dpo_client, subject_request)
    do(other, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    assert f"Prepared by account {dpo.pk}, approved by account {second.pk}." in page_of(
        dpo_client, subject_request
    )
