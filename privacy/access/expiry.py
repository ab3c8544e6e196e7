"""Until when a training counts. A pure rule: days in, days and instants out; days are those of Paris.

A training counts to the end of its last day: the first instant of the day after is too late.
"""

from datetime import date, datetime, time, timedelta

from privacy.datamap.periods import CALENDAR, Period

READING_LASTS = Period(years=1)
COURSE_LASTS = Period(years=3)  # at most: a mistyped year would keep the lock open for good
REMINDED = (30, 7, 1)  # days before the last day


def day_of(at: datetime) -> date:
    return at.astimezone(CALENDAR).date()


def ends_at(last_day: date) -> datetime:
    """The first instant at which a training with this last day counts no more."""
    return _beginning(last_day + timedelta(days=1))


def last_day(ends: datetime) -> date:
    """The last day on which a training that ends at this instant counts."""
    return day_of(ends - timedelta(microseconds=1))


def last_day_of(held_on: date, period: Period) -> date:
    """The same day of the calendar, a period later; 28 February where there is no 29th."""
    return day_of(period.after(_beginning(held_on)))


def stage(ends: datetime, now: datetime) -> int | None:
    """The latest of the reminders that is due: how many days before the last day. None while none is."""
    left = (last_day(ends) - day_of(now)).days
    return min((days for days in REMINDED if left <= days), default=None)


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CALENDAR)
