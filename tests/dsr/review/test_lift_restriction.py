"""The announced end of one restriction never ends a later one."""

from datetime import datetime, timedelta

import pytest

from dsr.requests.models import SubjectRequest
from dsr.review import decisions, lift_restriction
from dsr.rules.rights import Kind
from privacy.rights import restriction
from tests import holdings as made
from tests.dsr.steps import ask, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def restricted(who: made.SamplePerson, at: datetime) -> SubjectRequest:
    asked = checked(ask(at, Kind.RESTRICTION, email=who.email, wish="I contest it."), at)
    decisions.grant(asked.pk, now=at)
    return asked


def announced(asked: SubjectRequest, at: datetime, *, in_days: int) -> None:
    lift_restriction.announce(asked.pk, day=(at + timedelta(days=in_days)).date(), reason="Checked.", now=at)


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
    asked = restricted(alice, now)
    with pytest.raises(lift_restriction.TooSoon):
        announced(asked, now, in_days=days)
    assert restriction.in_force(asked.subject())


def test_a_request_that_restricted_nothing_or_asks_later_keeps_nothing_up(alice, now):
    announced(restricted(alice, now), now + timedelta(hours=1), in_days=7)
    ask(now + timedelta(days=1), Kind.RESTRICTION, email=alice.email, wish="Again.")  # not granted yet
    restricted(made.person("bob", now), now + timedelta(days=2))
    assert lift_restriction.lift_due(now=now + timedelta(days=8)) == 1
