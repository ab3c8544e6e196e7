"""The controller hears, once a day, what the next day's purges will delete."""

from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from privacy.mail.models import Mail
from privacy.retention import advance_notice
from softnlabs.website.enquiries.models import Enquiry
from tests.conftest import ALICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def make_enquiry(ends_at: datetime) -> None:
    since = ends_at - relativedelta(years=3)
    Enquiry.objects.create(
        email=ALICE, surname="Martin", message="Hi", received_at=since, last_contact_at=since
    )


def letters() -> list[Mail]:
    return list(Mail.objects.filter(message=advance_notice.MESSAGE).order_by("pk"))


def test_the_controller_gets_counts_and_no_names(now, settings):
    make_enquiry(now + timedelta(hours=23))
    make_enquiry(now + timedelta(hours=25))
    letter = advance_notice.send(now=now)
    assert letter is not None
    assert letter.to == settings.CONTROLLER["email"]
    said = letter.text.replace("\u202f", " ").replace("\xa0", " ")
    assert "Messages laissés sur le formulaire de contact ou envoyés par e-mail : 1" in said
    assert "/admin/privacy/purgerun/preview/" in letter.text
    assert ALICE not in letter.text + letter.html
    assert "Martin" not in letter.text + letter.html


def test_once_a_day(now):
    make_enquiry(now + timedelta(hours=23))
    for hour in range(24):
        advance_notice.send(now=now + timedelta(hours=hour / 2))
    assert len(letters()) == 1
    advance_notice.send(now=now + timedelta(hours=23, seconds=1))
    assert len(letters()) == 2


def test_nothing_to_say_is_not_said_and_daily_routine_is_nothing(now):
    Mail.objects.create(to=ALICE, message="test", language="en", written_at=now - relativedelta(months=4))
    make_enquiry(now + timedelta(days=2))
    assert advance_notice.send(now=now) is None
    assert letters() == []
