"""The announced end of one restriction never ends a later one."""

from datetime import datetime, timedelta

import pytest

from dsr.requests.models import SubjectRequest
from dsr.review import decisions, lift_restriction
from dsr.rules.rights import Right
from privacy.rights import restriction
from tests import holdings as made
from tests.dsr.steps import ask, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def restricted(who: made.SamplePerson, at: datetime) -> SubjectRequest:
    subject_request = checked(ask(at, Right.RESTRICTION, email=who.email, details="I contest it."), at)
    decisions.grant(subject_request.pk, now=at)
    return subject_request


def announced(subject_request: SubjectRequest, at: datetime, *, in_days: int) -> None:
    lift_restriction.announce(
        subject_request.pk, day=(at + timedelta(days=in_days)).date(), reason="Checked.", now=at
    )


@pytest.mark.parametrize("days", [3, 30])
def test_a_restriction_granted_since_the_announcement_stays(alice, now, days: int):
    """Whether the second was granted before the end of the first or after it."""
    announced(restricted(alice, now), now + timedelta(hours=1), in_days=7)
    if days > 7:
        assert lift_restriction.lift_due(now=now + timedelta(days=8)) == 1
    later = now + timedelta(days=days)
    second = restricted(alice, later)
    assert lift_restriction.lift_due(now=later + timedelta(days=40)) == 0
    assert restriction.in_force(second.subject())
    announced(second, later + timedelta(days=41), in_days=2)
    assert lift_restriction.lift_due(now=later + timedelta(days=44)) == 1


@pytest.mark.parametrize("days", [-1, 0])
def test_the_person_is_told_before_the_day(alice, now, days: int):
    subject_request = restricted(alice, now)
    with pytest.raises(lift_restriction.LiftingTooSoonError):
        announced(subject_request, now, in_days=days)
    assert restriction.in_force(subject_request.subject())


def test_a_request_that_restricted_nothing_or_asks_later_keeps_nothing_up(alice, now):
    announced(restricted(alice, now), now + timedelta(hours=1), in_days=7)
    ask(now + timedelta(days=1), Right.RESTRICTION, email=alice.email, details="Again.")  # not granted yet
    restricted(made.person("bob", now), now + timedelta(days=2))
    assert lift_restriction.lift_due(now=now + timedelta(days=8)) == 1
