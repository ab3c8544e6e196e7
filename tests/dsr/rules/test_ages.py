"""From which age somebody decides alone."""

from datetime import date

import pytest

from dsr.rules import ages


@pytest.mark.parametrize(
    ("born_on", "on", "is_alone"),
    [
        (date(2011, 11, 29), date(2026, 11, 28), False),
        (date(2011, 11, 29), date(2026, 11, 29), True),
        (date(2011, 11, 30), date(2026, 11, 29), False),
        (date(2012, 1, 1), date(2026, 12, 31), False),
        (date(2012, 1, 1), date(2027, 1, 1), True),
        (date(2012, 2, 29), date(2027, 2, 27), False),
        (date(2012, 2, 29), date(2027, 2, 28), True),
        (date(2012, 2, 29), date(2027, 3, 1), True),
        (date(2013, 3, 1), date(2028, 2, 29), False),
        (date(2013, 2, 28), date(2028, 2, 28), True),
        (date(1980, 5, 5), date(2026, 11, 29), True),
    ],
)
def test_the_fifteenth_birthday(born_on: date, on: date, is_alone: bool):
    assert ages.decides_alone(born_on, on) is is_alone
