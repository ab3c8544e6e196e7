"""Our French takes no word of Django's own away, such as the name of a month."""

import pytest
from django.utils import dates, translation

MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


@pytest.mark.parametrize(("names", "expected"), [(dates.MONTHS, MONTHS), (dates.WEEKDAYS, DAYS)])
def test_days_and_months_have_their_names_in_french(names: dict[int, str], expected: list[str]):
    with translation.override("fr"):
        assert [str(name).lower() for name in names.values()] == expected
