"""Dates as each language writes them, wherever they stand."""

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.formats import date_format, localize
from django.utils.translation import override

DAYS = [
    ("fr", date(2026, 3, 1), "1er mars 2026"),
    ("fr", date(2026, 3, 2), "2 mars 2026"),
    ("fr", date(2026, 8, 11), "11 août 2026"),
    ("fr", date(2026, 10, 21), "21 octobre 2026"),
    ("fr", date(2026, 12, 31), "31 décembre 2026"),
    ("en", date(2026, 3, 1), "1 March 2026"),
    ("en", date(2026, 3, 31), "31 March 2026"),
]


@pytest.mark.parametrize(("language", "day", "written"), DAYS)
def test_a_day_is_written_alike_everywhere(language, day, written):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Paris"))
    page = Template('{{ day }}|{{ day|date:"DATE_FORMAT" }}|{{ noon|date:"DATE_FORMAT" }}|{{ noon }}')
    with override(language):
        then = {"en": ", 12:00", "fr": " à 12:00"}[language]
        shown = page.render(Context({"day": day, "noon": noon}))
        assert shown == f"{written}|{written}|{written}|{written}{then}"
        assert date_format(day) == localize(day) == written
        assert date_format(day, "MONTH_DAY_FORMAT") == written.rsplit(" ", 1)[0]


@pytest.mark.parametrize(("day", "written"), [(1, "1st"), (2, "2nd"), (11, "11th"), (23, "23rd")])
def test_english_keeps_its_own_suffixes(day, written):
    with override("en"):
        assert date_format(date(2026, 3, day), "jS") == written


def test_the_short_form_is_the_french_one():
    with override("fr"):
        assert date_format(date(2026, 3, 1), "SHORT_DATE_FORMAT") == "01/03/2026"


def test_no_template_spells_a_day_by_itself():
    pages = [path for path in Path(settings.BASE_DIR).glob("*/**/templates/**/*") if path.is_file()]
    spelt = [path.name for path in pages if re.search(r"""\|date:["'][^"'_]*j""", path.read_text())]
    assert len(pages) > 100
    assert spelt == []
