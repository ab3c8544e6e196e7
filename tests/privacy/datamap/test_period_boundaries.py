"""Every period of the site, at its last second: month ends, leap days, and the nights in which the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from privacy.datamap.periods import Period
from privacy.datamap.registry import Holding, holdings
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


# From when, and until when for each period in use: written down by hand, not computed.
ENDS: dict[datetime, dict[Period, datetime]] = {
    paris(2024, 2, 29, 12): {  # a leap day
        Period(days=1): paris(2024, 3, 1, 12),
        Period(days=2): paris(2024, 3, 2, 12),
        Period(days=7): paris(2024, 3, 7, 12),
        Period(days=9): paris(2024, 3, 9, 12),
        Period(days=10): paris(2024, 3, 10, 12),
        Period(days=14): paris(2024, 3, 14, 12),
        Period(days=30): paris(2024, 3, 30, 12),
        Period(months=3): paris(2024, 5, 29, 12),
        Period(months=6): paris(2024, 8, 29, 12),
        Period(years=1): paris(2025, 2, 28, 12),
        Period(years=2): paris(2026, 2, 28, 12),
        Period(years=3): paris(2027, 2, 28, 12),
        Period(years=5): paris(2029, 2, 28, 12),
    },
    paris(2025, 8, 31, 23, 59, 59): {  # the end of a long month
        Period(days=1): paris(2025, 9, 1, 23, 59, 59),
        Period(days=2): paris(2025, 9, 2, 23, 59, 59),
        Period(days=7): paris(2025, 9, 7, 23, 59, 59),
        Period(days=9): paris(2025, 9, 9, 23, 59, 59),
        Period(days=10): paris(2025, 9, 10, 23, 59, 59),
        Period(days=14): paris(2025, 9, 14, 23, 59, 59),
        Period(days=30): paris(2025, 9, 30, 23, 59, 59),
        Period(months=3): paris(2025, 11, 30, 23, 59, 59),
        Period(months=6): paris(2026, 2, 28, 23, 59, 59),
        Period(years=1): paris(2026, 8, 31, 23, 59, 59),
        Period(years=2): paris(2027, 8, 31, 23, 59, 59),
        Period(years=3): paris(2028, 8, 31, 23, 59, 59),
        Period(years=5): paris(2030, 8, 31, 23, 59, 59),
    },
    paris(2025, 9, 29, 2, 30): {  # half a year later the clock jumps over 02:30
        Period(days=1): paris(2025, 9, 30, 2, 30),
        Period(days=2): paris(2025, 10, 1, 2, 30),
        Period(days=7): paris(2025, 10, 6, 2, 30),
        Period(days=9): paris(2025, 10, 8, 2, 30),
        Period(days=10): paris(2025, 10, 9, 2, 30),
        Period(days=14): paris(2025, 10, 13, 2, 30),
        Period(days=30): paris(2025, 10, 29, 2, 30),
        Period(months=3): paris(2025, 12, 29, 2, 30),
        Period(months=6): datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        Period(years=1): paris(2026, 9, 29, 2, 30),
        Period(years=2): paris(2027, 9, 29, 2, 30),
        Period(years=3): paris(2028, 9, 29, 2, 30),
        Period(years=5): paris(2030, 9, 29, 2, 30),
    },
    paris(2026, 4, 25, 2, 30): {  # half a year later 02:30 comes twice: the first is meant
        Period(days=1): paris(2026, 4, 26, 2, 30),
        Period(days=2): paris(2026, 4, 27, 2, 30),
        Period(days=7): paris(2026, 5, 2, 2, 30),
        Period(days=9): paris(2026, 5, 4, 2, 30),
        Period(days=10): paris(2026, 5, 5, 2, 30),
        Period(days=14): paris(2026, 5, 9, 2, 30),
        Period(days=30): paris(2026, 5, 25, 2, 30),
        Period(months=3): paris(2026, 7, 25, 2, 30),
        Period(months=6): datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        Period(years=1): paris(2027, 4, 25, 2, 30),
        Period(years=2): paris(2028, 4, 25, 2, 30),
        Period(years=3): paris(2029, 4, 25, 2, 30),
        Period(years=5): paris(2031, 4, 25, 2, 30),
    },
    paris(2026, 10, 24, 2, 30): {  # the next night has 02:30 twice
        Period(days=1): datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        Period(days=2): paris(2026, 10, 26, 2, 30),
        Period(days=7): paris(2026, 10, 31, 2, 30),
        Period(days=9): paris(2026, 11, 2, 2, 30),
        Period(days=10): paris(2026, 11, 3, 2, 30),
        Period(days=14): paris(2026, 11, 7, 2, 30),
        Period(days=30): paris(2026, 11, 23, 2, 30),
        Period(months=3): paris(2027, 1, 24, 2, 30),
        Period(months=6): paris(2027, 4, 24, 2, 30),
        Period(years=1): paris(2027, 10, 24, 2, 30),
        Period(years=2): paris(2028, 10, 24, 2, 30),
        Period(years=3): paris(2029, 10, 24, 2, 30),
        Period(years=5): paris(2031, 10, 24, 2, 30),
    },
    paris(2026, 3, 28, 2, 30): {  # the next night has no 02:30
        Period(days=1): datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        Period(days=2): paris(2026, 3, 30, 2, 30),
        Period(days=7): paris(2026, 4, 4, 2, 30),
        Period(days=9): paris(2026, 4, 6, 2, 30),
        Period(days=10): paris(2026, 4, 7, 2, 30),
        Period(days=14): paris(2026, 4, 11, 2, 30),
        Period(days=30): paris(2026, 4, 27, 2, 30),
        Period(months=3): paris(2026, 6, 28, 2, 30),
        Period(months=6): paris(2026, 9, 28, 2, 30),
        Period(years=1): datetime(2027, 3, 28, 1, 30, tzinfo=UTC),  # that night has no 02:30 either
        Period(years=2): datetime(2028, 3, 28, 0, 30, tzinfo=UTC),
        Period(years=3): paris(2029, 3, 28, 2, 30),
        Period(years=5): paris(2031, 3, 28, 2, 30),
    },
}


def test_each_period_in_use_stands_in_the_table():
    in_use = {known.data.keep.period for known in holdings()}
    assert [period for period in in_use for ends in ENDS.values() if period not in ends] == []


@pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.label)
def test_a_row_is_there_one_second_before_its_end_and_gone_at_it_and_after(holding: Holding):
    for number, (since, ends) in enumerate(ENDS.items()):
        row = made.MAKERS[holding.label](made.person(f"alice-{number}", since), since)
        end = ends[holding.data.keep.period]
        seen = [
            (holding.live(at).filter(pk=row.pk).exists(), holding.due(at).filter(pk=row.pk).exists())
            for at in (end - SECOND, end, end + SECOND)
        ]
        assert seen == [(True, False), (False, True), (False, True)], since
        assert holding.expires_at(row) == end
