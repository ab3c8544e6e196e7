"""Addresses of those whom a breach concerns, from live records of one kind."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from privacy.audit.models import AuditEntry
from privacy.breaches import addresses
from privacy.datamap.subjects import Subject
from privacy.rights import restriction
from tests.conftest import ALICE, BOB
from tests.privacy.factories import make_breach
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def read(now, since=None, until=None) -> list[str]:
    breach = make_breach(aware_at=now)
    return addresses.read(breach, label="website.enquiry", since=since, until=until, now=now)


def test_each_address_once_and_the_look_is_on_record(now):
    for _each in range(2):
        make_enquiry(ALICE, received_at=now)
    make_enquiry(BOB, received_at=now)
    assert read(now) == [ALICE, BOB]
    entry = AuditEntry.objects.get(action="privacy.breach.addresses_read")
    assert entry.detail == {"holding": "website.enquiry", "addresses": 2}


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2026, 11, 23), None, [ALICE]),
        (None, date(2026, 11, 22), [BOB]),
        (date(2026, 11, 20), date(2026, 11, 23), [ALICE, BOB]),
        (date(2026, 11, 24), None, []),
    ],
)
def test_days_are_those_of_paris(now, since, until, found):
    make_enquiry(ALICE, received_at=now.replace(day=22, hour=23, minute=30))  # already the 23rd in Paris
    make_enquiry(BOB, received_at=now.replace(day=22, hour=22, minute=30))
    assert read(now, since, until) == found


def test_what_is_past_its_period_is_not_read_and_who_is_restricted_is(now):
    make_enquiry(BOB, received_at=now - relativedelta(years=3))
    make_enquiry(ALICE, received_at=now - timedelta(days=1))
    restriction.restrict(Subject.of_email(ALICE), reason="She contests it", now=now)
    assert read(now) == [ALICE]


def test_only_kinds_of_record_with_an_address_are_offered():
    offered = {label for label, _title in addresses.choices()}
    assert {"website.enquiry", "recruitment.application"} <= offered
    assert "privacy.visit" not in offered
