"""Figures of requests: counted as it happens, kept when the files go, and telling of nobody in public."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.identity import verification
from dsr.intake import by_post
from dsr.lifecycle import statistics, transitions
from dsr.lifecycle.models import RequestCounter
from dsr.lifecycle.statistics import RequestMeasure, RequestStatistics
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.files.uploads import CheckedDocument
from privacy.retention import purge
from tests import actors
from tests.dsr.factories import make_form, make_request
from tests.dsr.steps import checked

NOVEMBER = date(2026, 11, 1)


def told() -> set[tuple]:
    return set(
        RequestCounter.objects.filter(number__gt=0).values_list("month", "right", "measure", "days", "number")
    )


def some(received: int, answered: int, days: int = 3, right: str = "ACCESS") -> RequestStatistics:
    made = RequestStatistics()
    made.add(RequestMeasure.RECEIVED, 0, received, right)
    made.add(RequestMeasure.ANSWERED, days, answered, right)
    return made


@pytest.mark.django_db
def test_what_comes_and_ends_is_counted_for_each_right(now, acting):
    one = make_request(now, rights=[Right.ACCESS, Right.ERASURE])
    make_request(now, email="bob@example.org")
    assert told() == {(NOVEMBER, "ACCESS", "RECEIVED", 0, 2), (NOVEMBER, "ERASURE", "RECEIVED", 0, 1)}
    decisions.refuse(checked(one, now).pk, ground="UNFOUNDED", reason="No.", now=now + timedelta(days=9))
    decided = date(2026, 12, 1)
    assert told() - {(NOVEMBER, "ACCESS", "RECEIVED", 0, 2), (NOVEMBER, "ERASURE", "RECEIVED", 0, 1)} == {
        (decided, "ACCESS", "REFUSED", 9, 1),
        (decided, "ERASURE", "REFUSED", 9, 1),
    }


@pytest.mark.django_db
def test_what_is_taken_up_again_counts_once(now, acting):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Doubt.", now=now)
    with transitions.apply(subject_request.pk, Transition.CLOSE, now=now + timedelta(days=60)):
        pass
    assert (date(2027, 1, 1), "ACCESS", "CLOSED", 60, 1) in told()
    with transitions.apply(subject_request.pk, Transition.REOPEN, now=now + timedelta(days=70)):
        pass
    assert told() == {(NOVEMBER, "ACCESS", "RECEIVED", 0, 1)}
    with transitions.apply(subject_request.pk, Transition.WITHDRAW, now=now + timedelta(days=71)):
        pass
    with transitions.apply(subject_request.pk, Transition.ADD_NOTE, now=now + timedelta(days=72)):
        pass
    assert told() - {(NOVEMBER, "ACCESS", "RECEIVED", 0, 1)} == {
        (date(2027, 2, 1), "ACCESS", "WITHDRAWN", 71, 1)
    }


@pytest.mark.django_db(transaction=True)
def test_the_statistics_stay_when_the_file_of_the_request_goes(now, acting):
    subject_request = make_request(now)
    decisions.refuse(checked(subject_request, now).pk, ground="UNFOUNDED", reason="No.", now=now)
    before = told()
    purge.run(now=now + timedelta(days=366 * 5))
    assert not SubjectRequest.objects.exists()
    assert told() == before


@pytest.mark.django_db
def test_a_month_is_one_of_paris(acting):
    make_request(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert {row[0] for row in told()} == {NOVEMBER}


@pytest.mark.django_db
def test_who_is_answered_on_the_same_day_waited_no_day(now, acting):
    decisions.refuse(checked(make_request(now), now).pk, ground="UNFOUNDED", reason="No.", now=now)
    assert (NOVEMBER, "ACCESS", "REFUSED", 0, 1) in told()


def test_the_median_and_the_longest_are_those_of_the_answers():
    made = RequestStatistics()
    for measure, days, number in (
        (RequestMeasure.ANSWERED, 2, 3),
        (RequestMeasure.REFUSED, 30, 2),
        (RequestMeasure.WITHDRAWN, 90, 9),
    ):
        made.add(measure, days, number, "ACCESS")
    assert (made.answered, made.median, made.longest) == (5, 2, 30)
    made.add(RequestMeasure.ANSWERED, 5, 1, "ACCESS")
    assert made.median == 3.5
    assert (RequestStatistics().median, RequestStatistics().longest) == (None, None)


@pytest.mark.parametrize(
    ("parts", "is_enough"),
    [
        ([some(5, 5)], True),
        ([some(5, 4)], False),
        ([some(4, 5)], False),
        ([some(5, 0), some(0, 5, right="ERASURE")], False),
        ([some(3, 3), some(2, 2)], True),
        ([some(3, 3), some(2, 2, right="ERASURE")], False),
    ],
)
def test_enough_is_five_that_came_and_five_that_were_answered_of_one_right(parts, is_enough: bool):
    assert statistics.merge(parts).is_anonymous() == is_enough


SMALL = st.tuples(
    st.integers(0, 12), st.integers(0, 12), st.just(3), st.sampled_from(["ACCESS", "ERASURE", "OBJECTION"])
)
GROUPS = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(SMALL, max_size=3))


@given(GROUPS)
def test_nothing_shown_and_nothing_left_over_tells_of_anybody(numbers):
    groups = {name: statistics.merge(some(*each) for each in parts) for name, parts in numbers.items()}
    shown, rest = statistics.merge_small(groups)
    assert all(each.is_anonymous() for each in shown.values())
    assert not shown or not (rest.received or rest.answered) or rest.is_anonymous()
    assert statistics.merge([*shown.values(), rest]).counts == statistics.merge(groups.values()).counts


def told_after(found: dict[tuple[date, str], RequestStatistics]) -> list[tuple]:
    """The spans as numbers, each with the crowds that the page shows of it."""
    return [
        (each.first, each.last, {right: part.counts for right, part in each.rights.items() if part.received})
        for each in statistics.spans(found)
    ]


@given(st.lists(st.lists(SMALL, max_size=3), max_size=14))
def test_between_two_looks_lie_whole_spans_that_tell_of_nobody(numbers):
    """Month after month: what was told is never cut anew, and all that is new are spans with enough in them."""
    found, before = dict[tuple[date, str], RequestStatistics](), list[tuple]()
    for number, parts in enumerate(numbers):
        month = date(2026 + number // 12, number % 12 + 1, 1)
        for each in parts:
            found[month, each[3]] = statistics.merge(
                [found.get((month, each[3]), RequestStatistics()), some(*each)]
            )
        after = told_after(found)
        assert after[: len(before)] == before
        assert all(each.whole.is_anonymous() for each in statistics.spans(found))
        assert all(one[1] < two[0] for one, two in pairwise(after))
        before = after


@pytest.mark.django_db
def test_what_was_told_of_a_month_does_not_change_any_more(now, acting):
    """Else whoever looks on two days finds the one request that came between them."""
    for number in range(5):
        subject_request = make_request(now, email=f"p{number}@example.org")
        decisions.refuse(checked(subject_request, now).pk, ground="UNFOUNDED", reason="No.", now=now)
    waits = make_request(now, email="bob@example.org")
    verification.request_proof(waits.pk, reason="Doubt.", now=now)
    decisions.close(waits.pk, reason="No proof.", now=now)
    later = now + timedelta(days=10)
    before = statistics.public(now=later)
    assert [line["received"] for line in before["spans"][0]["lines"]] == [6]
    decisions.reopen(waits.pk, now=later)
    decisions.refuse(checked(waits, later).pk, ground="UNFOUNDED", reason="No.", now=later)
    writer = by_post.LetterWriter(make_form("zoe@example.net"), "en", "1 rue du Moulin", by_post=True)
    letter = by_post.EnteredLetter(now.date(), CheckedDocument("letter.pdf", "application/pdf", b"%PDF"))
    by_post.enter(writer, letter, now=later)
    assert statistics.public(now=later) == before


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/privacy/promises/", "/fr/privacy/promises/"])
def test_the_page_of_promises_shows_whole_months_and_no_small_number(client, now, address):
    for month, right, number in (
        (date(2026, 10, 1), "ACCESS", 6), (date(2026, 10, 1), "ERASURE", 2), (date(2026, 9, 1), "ACCESS", 7),
        (date(2026, 8, 1), "ERASURE", 1), (date(2026, 8, 1), "ACCESS", 4), (NOVEMBER, "ACCESS", 100),
        (date(2025, 10, 1), "ACCESS", 100),
    ):  # fmt: skip
        RequestCounter.add(month, right, RequestMeasure.RECEIVED, by=number)
        RequestCounter.add(month, right, RequestMeasure.ANSWERED, days=4, by=number)
    facts = statistics.public(now=now)
    assert (facts["since"], facts["until"]) == (date(2025, 11, 1), date(2026, 10, 31))
    assert facts["all"] == {"received": 20, "answered": 20, "median_days": 4, "longest_days": 4}
    assert [
        (each["name"], [(line["name"], line["received"]) for line in each["lines"]])
        for each in facts["spans"]
    ] == [
        ("October 2026", [("all rights", 8)]),
        ("November 2025 to September 2026", [("all rights", 12)]),
    ]
    page = client.get(address).content.decode()
    assert ("Novembre 2025 à septembre 2026" if "fr" in address else "November 2025 to September") in page
    assert ("Droit" if "fr" in address else "Right") in page
    assert client.get("/privacy/promises.json").json()["figures"]["dsr"]["all"]["received"] == 20


@pytest.mark.django_db
def test_too_few_are_not_shown_at_all(client, now):
    RequestCounter.add(date(2026, 10, 1), "ACCESS", RequestMeasure.RECEIVED, by=4)
    RequestCounter.add(date(2026, 10, 1), "ACCESS", RequestMeasure.ANSWERED, days=29, by=4)
    page = client.get("/privacy/promises/").content.decode()
    assert "There were too few in this time to show any figure." in page
    assert client.get("/privacy/promises.json").json()["figures"]["dsr"]["all"] is None
    assert statistics.public(now=now)["spans"] == []


@pytest.mark.django_db
def test_one_request_for_every_right_is_one_person_and_not_eight(now):
    for right in Right:
        RequestCounter.add(date(2026, 10, 1), right, RequestMeasure.RECEIVED, by=4)
        RequestCounter.add(date(2026, 10, 1), right, RequestMeasure.ANSWERED, days=29, by=4)
    assert statistics.public(now=now)["all"] is None
    RequestCounter.add(date(2026, 10, 1), "ACCESS", RequestMeasure.RECEIVED)
    RequestCounter.add(date(2026, 10, 1), "ACCESS", RequestMeasure.ANSWERED, days=29)
    assert statistics.public(now=now)["all"]["received"] == 33
    (span,) = statistics.public(now=now)["spans"]
    assert [line["name"] for line in span["lines"]] == ["all rights"]


@pytest.mark.django_db
def test_the_desk_has_a_table_a_plot_and_a_file(client, dpo, clerk, now):
    actors.sign_in(client, dpo)
    desk = "/admin/dsr/subjectrequest/"
    assert "No request has come yet." in client.get(f"{desk}figures/").content.decode()
    RequestCounter.add(NOVEMBER, "ACCESS", RequestMeasure.RECEIVED, by=3)
    RequestCounter.add(NOVEMBER, "ACCESS", RequestMeasure.ANSWERED, days=11, by=2)
    page = client.get(f"{desk}figures/").content.decode()
    assert "November 2026" in page
    assert "<rect" in page
    assert "figures/" in client.get("/admin/").content.decode()
    lines = client.get(f"{desk}figures.csv").content.decode().splitlines()
    assert lines[1] == '2026-11,"Access (GDPR, article 15)",3,2,0,0,0,11.0,11'
    actors.sign_in(client, clerk)
    assert client.get(f"{desk}figures/").status_code == client.get(f"{desk}figures.csv").status_code == 403
