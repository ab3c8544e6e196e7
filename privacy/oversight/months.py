"""Calendar months in Paris, and when a number of looks is unusual. No queries."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from statistics import median

from dateutil.relativedelta import relativedelta

from privacy.datamap.periods import CALENDAR

FEW = 20  # below so many looks, three times as many as usual is a busy day
TIMES_USUAL = 3
MONTHS_BEFORE = 3
WORK_BEGINS, WORK_ENDS = 7, 20
SATURDAY = 5


def first_day(at: datetime) -> date:
    """Of the month that ``at`` lies in."""
    return at.astimezone(CALENDAR).date().replace(day=1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next month."""
    following = month + relativedelta(months=1)
    begin, end = (datetime.combine(day, time(), tzinfo=CALENDAR) for day in (month, following))
    return begin, end


def ended(since: date, *, now: datetime) -> Iterator[date]:
    """The months from ``since`` on that are over."""
    while since < first_day(now):
        yield since
        since += relativedelta(months=1)


def is_unusual(looks: int, before: Sequence[int]) -> bool:
    """Against the median of the months before: one odd month among them changes nothing. Without any, nobody knows."""
    return bool(before) and looks >= FEW and looks > TIMES_USUAL * median(before)


def is_outside_hours(at: datetime) -> bool:
    """At night or on a weekend."""
    there = at.astimezone(CALENDAR)
    return there.weekday() >= SATURDAY or not WORK_BEGINS <= there.hour < WORK_ENDS
