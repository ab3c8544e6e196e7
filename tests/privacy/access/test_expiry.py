"""Until when a training counts: to the end of a day in Paris, and not an instant longer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.access import expiry
from privacy.datamap.periods import CALENDAR

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("last_day", "ends"),
    [
        (date(2026, 11, 29), datetime(2026, 11, 29, 23, tzinfo=UTC)),  # winter: an hour before UTC
        (date(2026, 7, 14), datetime(2026, 7, 14, 22, tzinfo=UTC)),  # summer: two
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the night before the clocks go forward
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # the day on which they did: 23 hours
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (
            date(2026, 10, 25),
            datetime(2026, 10, 25, 23, tzinfo=UTC),
        ),  # the day on which they went back: 25 hours
        (date(2028, 2, 28), datetime(2028, 2, 28, 23, tzinfo=UTC)),  # a leap day follows
        (date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_it_ends_with_its_last_day_in_paris(last_day: date, ends: datetime):
    assert expiry.ends_at(last_day) == ends
    assert expiry.last_day(ends) == last_day


@pytest.mark.parametrize(
    ("held_on", "period", "last_day"),
    [
        (date(2026, 11, 29), expiry.READING_LASTS, date(2027, 11, 29)),
        (date(2028, 2, 29), expiry.READING_LASTS, date(2029, 2, 28)),
        (date(2027, 2, 28), expiry.READING_LASTS, date(2028, 2, 28)),
        (date(2025, 3, 30), expiry.READING_LASTS, date(2026, 3, 30)),
        (date(2028, 2, 29), expiry.COURSE_LASTS, date(2031, 2, 28)),
    ],
)
def test_it_lasts_to_the_same_day_of_another_year(held_on: date, period, last_day: date):
    assert expiry.last_day_of(held_on, period) == last_day


@pytest.mark.parametrize(("left", "stage"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1)])
def test_reminders_are_due_30_7_and_1_days_before(left: int, stage: int | None):
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert expiry.stage(expiry.ends_at(expiry.day_of(now) + timedelta(days=left)), now) == stage


@given(DAYS)
def test_the_last_instant_of_the_day_counts_and_the_next_does_not(day: date):
    ends = expiry.ends_at(day)
    assert (ends - timedelta(microseconds=1)).astimezone(CALENDAR).date() == day
    assert ends.astimezone(CALENDAR).date() == day + timedelta(days=1)
    assert expiry.last_day(ends) == day


@given(DAYS)
def test_a_year_is_never_longer_than_366_days(day: date):
    assert 364 < (expiry.last_day_of(day, expiry.READING_LASTS) - day).days < 367
