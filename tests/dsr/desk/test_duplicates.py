"""A second request of the same address is accepted like the first, and seen beside it at the desk."""

from datetime import timedelta

import pytest

from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from tests.dsr.admin_pages import page_of
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def test_the_same_request_twice_is_linked_both_ways_and_neither_is_refused(dpo_client, now):
    first = make_request(now - timedelta(days=3))
    second = make_request(now - timedelta(days=1))
    make_request(now, email="bob@example.org")
    for subject_request, other in ((first, second), (second, first)):
        page = page_of(dpo_client, subject_request)
        assert page.count("subjectrequest/") > 1
        assert f"{other.pk}/change/" in page
        assert "asks for the same, and is open too" in page
        assert list(SubjectRequest.objects.related_to(subject_request)) == [other]
    assert {first.state, second.state} == {"RECEIVED"}


def test_what_asks_for_something_else_or_is_decided_says_so(dpo_client, now):
    first = make_request(now, rights=["ERASURE"])
    second = make_request(now)
    assert "asks for the same" not in page_of(dpo_client, second)
    third = make_request(now, rights=["ACCESS", "ERASURE"])
    assert [each.asks_the_same for each in SubjectRequest.objects.related_to(first)] == [True, False]
    decisions.refuse(third.pk, ground="EXCESSIVE", reason="Ten this month.", now=now)
    page = page_of(dpo_client, second)
    assert "(asks for the same)" in page
    assert "Refused" in page


def test_nothing_stands_beside_a_request_of_its_own_address_alone(dpo_client, now):
    assert "See also" not in page_of(dpo_client, make_request(now))
