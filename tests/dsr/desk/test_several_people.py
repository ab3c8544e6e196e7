"""Several people at one desk: who does what, nobody acts on what they have not seen, and four eyes are four."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsr.follow_up import follow_up
from dsr.lifecycle import transitions
from dsr.requests.models import SubjectRequest
from dsr.rules.states import RequestState
from tests import actors
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_request, plain_request
from tests.dsr.pages import client_with_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def second(db):
    return actors.make_controller("second@example.org")


def signed_in(user) -> Client:
    client = Client()
    actors.sign_in(client, user)
    return client


def seen_on(page: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', page)[0]


# Two at the same moment ---------------------------------------------------------------------------------------------


def test_the_second_learns_what_the_first_did_and_keeps_what_was_typed(dpo_client, dpo, second, now):
    subject_request = make_request(now, rights=["ACCESS", "ERASURE"])
    other = signed_in(second)
    seen = seen_on(page_of(dpo_client, subject_request))
    do(other, subject_request, "decide", right="ERASURE", outcome="NOTHING")
    response = do(
        dpo_client, subject_request, "refuse", ground="EXCESSIVE", reason="Words of mine", seen=seen
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert subject_request.state == RequestState.RECEIVED
    told = ("Words of mine", "One of the rights asked for was decided on.", f"account {second.pk}")
    assert [words for words in told if words not in page] == []
    do(dpo_client, subject_request, "refuse", ground="EXCESSIVE", reason="Words of mine", seen=seen_on(page))
    assert subject_request.state == RequestState.REFUSED


def test_what_the_person_did_meanwhile_is_told_too(dpo_client, now):
    subject_request = make_request(now)
    seen = seen_on(page_of(dpo_client, subject_request))
    follow_up.withdraw(subject_request.pk, now=now)
    response = do(dpo_client, subject_request, "extend", reason="Words of mine", seen=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert "The request was withdrawn." in page
    assert "Words of mine" in page
    assert "no longer possible" in page
    assert "/extend/preview/" not in page
    assert (subject_request.state, subject_request.extended_at) == (RequestState.WITHDRAWN, None)


def test_what_concerns_no_decision_holds_nobody_up(dpo_client, now):
    subject_request = make_request(now)
    seen = seen_on(page_of(dpo_client, subject_request))
    do(dpo_client, subject_request, "note", text="Called.")
    do(dpo_client, subject_request, "take")
    assert do(dpo_client, subject_request, "extend", reason="Many records", seen=seen).status_code == 302
    assert subject_request.extended_at


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_strange_number_is_no_error(dpo_client, now, seen: str):
    subject_request = make_request(now)
    assert do(dpo_client, subject_request, "extend", reason="Many records", seen=seen).status_code == 302


# Who does it --------------------------------------------------------------------------------------------------------


def test_a_request_is_taken_and_given(dpo_client, dpo, second, clerk, now):
    subject_request = make_request(now)
    do(dpo_client, subject_request, "take")
    assert subject_request.assignee == f"user:{dpo.pk}"
    page = page_of(dpo_client, subject_request)
    assert "take" not in offered(page)
    assert "second@example.org" in page
    assert "clerk@example.org" not in page  # who has no right to the desk is given nothing to do there
    assert do(dpo_client, subject_request, "organise", assignee=f"user:{clerk.pk}").status_code == 422
    do(dpo_client, subject_request, "organise", assignee=f"user:{second.pk}", target_on="2026-12-01")
    assert (subject_request.assignee, subject_request.target_on) == (f"user:{second.pk}", date(2026, 12, 1))
    assert "own target 1 December 2026" in dpo_client.get(QUEUE).content.decode()


def test_the_person_is_told_nothing_of_it(dpo_client, now):
    subject_request = make_request(now)
    browser, address = client_with_grant(subject_request), f"/privacy/requests/{subject_request.pk}/"
    before = browser.get(address).content.decode().count('<li class="done">')
    do(dpo_client, subject_request, "take")
    assert before
    assert browser.get(address).content.decode().count('<li class="done">') == before


# The queue ----------------------------------------------------------------------------------------------------------


def three_hundred(now) -> None:
    states = (RequestState.RECEIVED, RequestState.RECEIVED, RequestState.GRANTED, RequestState.REFUSED)
    for number in range(300):
        made = plain_request(f"p{number}@example.org", f"P{number:03}", now - timedelta(days=number % 40))
        facts = {"state": states[number % 4], "due_on": (now + timedelta(days=number % 45 - 5)).date()}
        facts["closed_at"] = now if facts["state"] == RequestState.REFUSED else None
        facts["ground"] = "UNFOUNDED" if facts["state"] == RequestState.REFUSED else ""
        facts["assignee"] = "user:77" if number % 10 == 0 else ""
        facts["rights"] = ["ERASURE"] if number % 3 == 0 else ["ACCESS"]
        SubjectRequest.objects.filter(pk=made.pk).update(**facts)


def references(page: str) -> list[str]:
    return re.findall(r">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})</a>", page)


def test_with_three_hundred_requests_the_queue_is_sorted_filtered_and_quick(dpo_client, now):
    three_hundred(now)
    everything, today = SubjectRequest.objects.all(), now.date()
    still = everything.filter(state__in=["RECEIVED", "GRANTED"])
    with CaptureQueriesContext(connection) as queries:
        page = dpo_client.get(QUEUE).content.decode()
    assert len(queries) < 25
    shown = list(still.order_by("due_on", "received_at").values_list("reference", flat=True))
    assert references(page) == shown[:50]
    assert references(dpo_client.get(f"{QUEUE}?p=2").content.decode()) == shown[50:100]
    wanted = {
        "kind=ERASURE": still.filter(rights__contains=["ERASURE"]),
        "within=3": still.filter(due_on__lte=today + timedelta(days=3)),
        "show=overdue": still.filter(due_on__lt=today),
        "assignee=user:77": still.filter(assignee="user:77"),
        "assignee=me": still.none(),
        "state__exact=REFUSED": everything.filter(state="REFUSED"),
        "state__exact=GRANTED": everything.filter(state="GRANTED"),
        "assignee=user:77&kind=ERASURE&within=14": still.filter(
            assignee="user:77", rights__contains=["ERASURE"], due_on__lte=today + timedelta(days=14)
        ),
    }
    for query, rows in wanted.items():
        found = references(dpo_client.get(f"{QUEUE}?{query}").content.decode())
        assert set(found) <= set(rows.values_list("reference", flat=True)), query
        assert len(found) == min(50, rows.count()), query


# Four eyes ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_while_one_acts_on_what_they_saw_nobody_else_does(now):
    """Else both would find nothing new, and the second act on what the first is about to do."""
    subject_request = make_request(now)

    def try_to_act() -> str:
        try:
            with transaction.atomic():
                SubjectRequest.objects.select_for_update(nowait=True).get(pk=subject_request.pk)
        except OperationalError:
            return "held"
        finally:
            connection.close()
        return "free"

    with ThreadPoolExecutor(1) as second:
        with transitions.unchanged_since(subject_request.pk, transitions.last_event_id(subject_request)):
            assert second.submit(try_to_act).result(timeout=10) == "held"
        assert second.submit(try_to_act).result(timeout=10) == "free"
