"""Reminders before a training ends: 30, 7 and 1 days, the person and the controller, each once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from privacy.access import expiry, reminders
from privacy.access.models import Training
from privacy.mail.models import Mail
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
LAST = datetime(2026, 12, 31, 12, tzinfo=UTC)


@pytest.fixture
def alice(db) -> User:
    """Her training ends on the last day of the year; Bob's a year later."""
    people = [actors.train(actors.make_staff(email)) for email in (ALICE, BOB)]
    for person, days in zip(people, (0, 365), strict=True):
        ends = expiry.ends_at(LAST.date() + timedelta(days=days))
        Training.objects.filter(account=person.pk).update(expires_at=ends)
    return people[0]


def test_each_reminder_leaves_once(alice: User):
    left = {}
    for before in range(40, -3, -1):
        for _twice in range(2):
            if reminders.remind(now=LAST - timedelta(days=before)):
                left[before] = left.get(before, 0) + 1
    assert left == {30: 1, 7: 1, 1: 1}
    assert Mail.objects.filter(message="training_ends", to=ALICE).count() == 3
    assert Mail.objects.filter(message="trainings_end", to=settings.CONTROLLER["email"]).count() == 3
    assert not Mail.objects.filter(to=BOB).exists()


def test_after_a_pause_the_latest_one_leaves_alone(alice: User):
    assert reminders.remind(now=LAST - timedelta(days=3)) == 1
    assert Mail.objects.filter(message="training_ends").count() == 1


def test_the_controller_reads_the_day_and_no_name(alice: User):
    reminders.remind(now=LAST - timedelta(days=7))
    text = Mail.objects.get(message="trainings_end").text
    assert "2026" in text
    assert ALICE not in text


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_left_is_not_reminded(alice: User, change: dict[str, bool]):
    User.objects.filter(pk=alice.pk).update(**change)
    assert reminders.remind(now=LAST - timedelta(days=7)) == 0


def test_who_has_a_longer_one_is_not_reminded(alice: User):
    actors.train(alice)
    assert reminders.remind(now=LAST - timedelta(days=7)) == 0
