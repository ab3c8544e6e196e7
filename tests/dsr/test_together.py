"""Several people at one desk: who does what, nobody acts on what they have not seen, and four eyes are four."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsr import corrections, following, identity, moves, review, striking
from dsr.kinds import Kind
from dsr.models import SubjectRequest
from dsr.models.checks import How
from dsr.review import Decision
from dsr.states import IllegalMove, State
from privacy import audit
from tests import holdings as made
from tests.dsr.factories import make_request, plain_request
from tests.dsr.pages import admitted
from tests.dsr.test_desk import QUEUE, do, offered, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def second(db):
    return get_user_model().objects.create_superuser("second@example.org", "a long enough phrase")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen_on(page: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', page)[0]


# Two at the same moment ---------------------------------------------------------------------------------------------


def test_the_second_learns_what_the_first_did_and_keeps_what_was_typed(desk, dpo, second, now):
    asked = make_request(now, kinds=["ACCESS", "ERASURE"])
    other = signed_in(second)
    seen = seen_on(page_of(desk, asked))
    do(other, asked, "decide", kind="ERASURE", outcome="NOTHING")
    response = do(desk, asked, "refuse", ground="EXCESSIVE", reason="Words of mine", seen=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert asked.state == State.RECEIVED
    told = ("Words of mine", "One of the rights asked for was decided on.", f"account {second.pk}")
    assert [words for words in told if words not in page] == []
    do(desk, asked, "refuse", ground="EXCESSIVE", reason="Words of mine", seen=seen_on(page))
    assert asked.state == State.REFUSED


def test_what_the_person_did_meanwhile_is_told_too(desk, now):
    asked = make_request(now)
    seen = seen_on(page_of(desk, asked))
    following.withdraw(asked.pk, now=now)
    response = do(desk, asked, "extend", reason="Words of mine", seen=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert "The request was withdrawn." in page
    assert "Words of mine" in page
    assert "no longer possible" in page
    assert "/extend/preview/" not in page
    assert (asked.state, asked.extended_at) == (State.WITHDRAWN, None)


def test_what_concerns_no_decision_holds_nobody_up(desk, now):
    asked = make_request(now)
    seen = seen_on(page_of(desk, asked))
    do(desk, asked, "note", text="Called.")
    do(desk, asked, "take")
    assert do(desk, asked, "extend", reason="Many records", seen=seen).status_code == 302
    assert asked.extended_at


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_strange_number_is_no_error(desk, now, seen: str):
    asked = make_request(now)
    assert do(desk, asked, "extend", reason="Many records", seen=seen).status_code == 302


# Who does it --------------------------------------------------------------------------------------------------------


def test_a_request_is_taken_and_given(desk, dpo, second, clerk, now):
    asked = make_request(now)
    do(desk, asked, "take")
    assert asked.assignee == f"user:{dpo.pk}"
    page = page_of(desk, asked)
    assert "take" not in offered(page)
    assert "second@example.org" in page
    assert "clerk@example.org" not in page  # who has no right to the desk is given nothing to do there
    assert do(desk, asked, "organise", assignee=f"user:{clerk.pk}").status_code == 422
    do(desk, asked, "organise", assignee=f"user:{second.pk}", target_on="2026-12-01")
    assert (asked.assignee, asked.target_on) == (f"user:{second.pk}", date(2026, 12, 1))
    assert "own target 1 December 2026" in desk.get(QUEUE).content.decode()


def test_the_person_is_told_nothing_of_it(desk, now):
    asked = make_request(now)
    browser, address = admitted(asked), f"/privacy/requests/{asked.pk}/"
    before = browser.get(address).content.decode().count('<li class="done">')
    do(desk, asked, "take")
    assert before
    assert browser.get(address).content.decode().count('<li class="done">') == before


# The queue ----------------------------------------------------------------------------------------------------------


def three_hundred(now) -> None:
    states = (State.RECEIVED, State.RECEIVED, State.GRANTED, State.REFUSED)
    for number in range(300):
        made = plain_request(f"p{number}@example.org", f"P{number:03}", now - timedelta(days=number % 40))
        facts = {"state": states[number % 4], "due_on": (now + timedelta(days=number % 45 - 5)).date()}
        facts["closed_at"] = now if facts["state"] == State.REFUSED else None
        facts["ground"] = "UNFOUNDED" if facts["state"] == State.REFUSED else ""
        facts["assignee"] = "user:77" if number % 10 == 0 else ""
        facts["kinds"] = ["ERASURE"] if number % 3 == 0 else ["ACCESS"]
        SubjectRequest.objects.filter(pk=made.pk).update(**facts)


def references(page: str) -> list[str]:
    return re.findall(r">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})</a>", page)


def test_with_three_hundred_requests_the_queue_is_sorted_filtered_and_quick(desk, now):
    three_hundred(now)
    everything, today = SubjectRequest.objects.all(), now.date()
    still = everything.filter(state__in=["RECEIVED", "GRANTED"])
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(QUEUE).content.decode()
    assert len(queries) < 25
    shown = list(still.order_by("due_on", "received_at").values_list("reference", flat=True))
    assert references(page) == shown[:50]
    assert references(desk.get(f"{QUEUE}?p=2").content.decode()) == shown[50:100]
    wanted = {
        "kind=ERASURE": still.filter(kinds__contains=["ERASURE"]),
        "within=3": still.filter(due_on__lte=today + timedelta(days=3)),
        "show=overdue": still.filter(due_on__lt=today),
        "assignee=user:77": still.filter(assignee="user:77"),
        "assignee=me": still.none(),
        "state__exact=REFUSED": everything.filter(state="REFUSED"),
        "state__exact=GRANTED": everything.filter(state="GRANTED"),
        "assignee=user:77&kind=ERASURE&within=14": still.filter(
            assignee="user:77", kinds__contains=["ERASURE"], due_on__lte=today + timedelta(days=14)
        ),
    }
    for query, rows in wanted.items():
        found = references(desk.get(f"{QUEUE}?{query}").content.decode())
        assert set(found) <= set(rows.values_list("reference", flat=True)), query
        assert len(found) == min(50, rows.count()), query


# Four eyes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("approve", ["grant", "refuse"])
def test_who_prepares_approves_by_no_way_in(now, settings, approve: str):
    settings.REQUESTS_FOUR_EYES = True
    asked = make_request(now)
    identity.check(asked.pk, how=How.EMAIL, now=now)
    said = {"ground": "EXCESSIVE", "reason": "No."} if approve == "refuse" else {}
    deed = getattr(review, approve)
    with pytest.raises(review.SecondPersonNeeded):  # nobody has prepared it
        deed(asked.pk, now=now, **said)
    with audit.acting("user:1", "test"):
        review.prepare(asked.pk, now=now)
        with pytest.raises(review.SecondPersonNeeded):
            deed(asked.pk, now=now, **said)
    with audit.acting("user:2", "test"):
        deed(asked.pk, now=now, **said)
    asked.refresh_from_db()
    assert (asked.prepared_by, asked.approved_by) == ("user:1", "user:2")
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectRequest.objects.filter(pk=asked.pk).update(approved_by="user:1")


def decide(asked, row, now):
    review.decide(asked.pk, kind=Kind.ACCESS, decision=Decision("NOTHING"), now=now)


def reserve(asked, row, now):
    because = Decision("WITHHELD", "CLAIMS", "A dispute is open.")
    review.reserve(asked.pk, kind=Kind.ACCESS, holding="website.enquiry", decision=because, now=now)


def correct(asked, row, now):
    place = corrections.Place("website.enquiry", str(row.pk), "surname", row.surname)
    wished = {"wished": "Martine", "is_accepted": True, "reason": ""}
    corrections.correct(asked.pk, place=place, **wished, now=now)


def strike(asked, row, now):
    found = striking.text(asked, "website.enquiry", str(row.pk), "message", now=now)
    striking.strike(asked.pk, found=found, seal=found.seal, chosen={0}, now=now)


@pytest.mark.parametrize("change", [decide, reserve, correct, strike])
def test_what_is_changed_after_it_was_prepared_is_prepared_again(now, settings, change):
    settings.REQUESTS_FOUR_EYES = True
    alice = made.person("alice", now - timedelta(days=30))
    row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    asked = make_request(now, alice.email, kinds=[Kind.ACCESS, Kind.RECTIFICATION], wish="My name.")
    identity.check(asked.pk, how=How.EMAIL, now=now)
    with audit.acting("user:1", "test"):
        correct(asked, row, now)
        review.prepare(asked.pk, now=now)
    with audit.acting("user:2", "test"):
        change(asked, row, now)
        with pytest.raises(review.SecondPersonNeeded):
            review.grant(asked.pk, now=now)


def test_nobody_approves_their_own_preparation_by_having_it_prepared_once_more(now, settings):
    settings.REQUESTS_FOUR_EYES = True
    asked = make_request(now)
    identity.check(asked.pk, how=How.EMAIL, now=now)
    for actor in ("user:1", "user:2"):
        with audit.acting(actor, "test"), suppress(IllegalMove):
            review.prepare(asked.pk, now=now)
    with audit.acting("user:1", "test"), pytest.raises(review.SecondPersonNeeded):
        review.grant(asked.pk, now=now)


@pytest.mark.django_db(transaction=True)
def test_while_one_acts_on_what_they_saw_nobody_else_does(now):
    """Else both would find nothing new, and the second act on what the first is about to do."""
    asked = make_request(now)

    def try_to_act() -> str:
        try:
            with transaction.atomic():
                SubjectRequest.objects.select_for_update(nowait=True).get(pk=asked.pk)
        except OperationalError:
            return "held"
        finally:
            connection.close()
        return "free"

    with ThreadPoolExecutor(1) as second:
        with moves.as_seen(asked.pk, moves.last_seen(asked)):
            assert second.submit(try_to_act).result(timeout=10) == "held"
        assert second.submit(try_to_act).result(timeout=10) == "free"


def test_without_the_rule_one_person_does_it_all(now, settings):
    settings.REQUESTS_FOUR_EYES = True
    asked = make_request(now)
    identity.check(asked.pk, how=How.EMAIL, now=now)
    review.prepare(asked.pk, now=now)
    settings.REQUESTS_FOUR_EYES = False
    review.grant(asked.pk, now=timezone.now())
    asked.refresh_from_db()
    assert asked.state == State.GRANTED
