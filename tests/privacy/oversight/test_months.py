from datetime import UTC, date, datetime, timedelta

import pytest

from privacy.oversight import months

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("month", "begin", "end"),
    [
        (date(2026, 1, 1), datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 1, 31, 23, tzinfo=UTC)),
        (date(2026, 3, 1), datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)),
        (date(2026, 10, 1), datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)),
        (date(2028, 2, 1), datetime(2028, 1, 31, 23, tzinfo=UTC), datetime(2028, 2, 29, 23, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_month_is_one_of_paris(month, begin, end):
    assert months.bounds(month) == (begin, end)
    assert months.first_day(begin) == months.first_day(end - SECOND) == month
    assert months.first_day(begin - SECOND) < month < months.first_day(end)


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        (date(2026, 10, 1), datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), []),
        (date(2026, 10, 1), datetime(2026, 10, 31, 23, tzinfo=UTC), [date(2026, 10, 1)]),
        (date(2025, 12, 1), datetime(2026, 3, 1, 12, tzinfo=UTC),
         [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]),
        (date(2026, 12, 1), datetime(2026, 11, 5, tzinfo=UTC), []),
    ],
)  # fmt: skip
def test_which_months_are_over(since, now, expected):
    assert list(months.ended(since, now=now)) == expected


@pytest.mark.parametrize(
    ("looks", "before", "expected"),
    [
        (19, [1, 1, 1], False),
        (20, [1, 1, 1], True),
        (30, [10, 10, 10], False),
        (31, [10, 10, 10], True),
        (31, [10, 500, 10], True),  # one odd month changes nothing
        (31, [0, 0, 400], True),
        (400, [], False),
        (61, [20], True),
        (60, [20], False),
    ],
)
def test_what_is_unusual(looks, before, expected):
    assert months.is_unusual(looks, before) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 27, 5, 59, tzinfo=UTC), True),  # Friday, 6:59
        (datetime(2026, 11, 27, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 19, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 27, 5, 0, tzinfo=UTC), False),  # Monday, 7:00 in summer
        (datetime(2026, 11, 28, 12, tzinfo=UTC), True),
        (datetime(2026, 11, 29, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 6, 0, tzinfo=UTC), False),
    ],
)
def test_when_nobody_is_expected_at_work(at, expected):
    assert months.is_outside_hours(at) is expected
