"""The clock of a request: how long the law gives the controller to answer.

A pure rule: days in, days out. Days are those of Europe/Paris. Each rule names its source:

* one month from receipt, two more where it is necessary: GDPR 12(3); told within the first month;
* a month ends on the day with the same number, or on the month's last day: Regulation 1182/71, 3(2)(c);
* a last day that is no working day moves to the next one: the same, 3(4);
* the days spent waiting for a needed proof of identity do not count: GDPR 12(6), décret 2019-536, 77.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from privacy.datamap.periods import CALENDAR, Period

MONTHS_TO_ANSWER = 1
MONTHS_WHEN_EXTENDED = 3
SATURDAY = 5


class LateExtensionError(Exception):
    """The first month is over, or an extension was already told."""


class LateSuspensionError(Exception):
    """The time to answer is over, or suspended already: asking for a proof no longer stops the clock."""


def time_to_answer() -> str:
    """In words, for the policy."""
    return str(Period(months=MONTHS_TO_ANSWER))


def time_when_extended() -> str:
    """In words, counted from receipt like the other."""
    return str(Period(months=MONTHS_WHEN_EXTENDED))


def paris_day(instant: datetime) -> date:
    """The day on which an instant falls for a person in France."""
    return instant.astimezone(CALENDAR).date()


def start_of(day: date) -> datetime:
    """The first instant of a day for a person in France."""
    return datetime.combine(day, time(), tzinfo=CALENDAR)


def months_after(day: date, months: int) -> date:
    """The day with the same number so many months later, or the last day of a month that lacks it."""
    return day + relativedelta(months=months)


@cache
def public_holidays(year: int, language: str = "fr") -> dict[date, str]:
    """Of metropolitan France, without the two more of Alsace and Moselle."""
    return dict(holidays.country_holidays("FR", years=year, language=language))


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def rolled(day: date) -> date:
    """The day itself, or the next working day after a weekend or public holiday."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Suspension:
    """A needed proof of identity was asked for; `came_on` is None while it is awaited."""

    asked_on: date
    came_on: date | None = None

    def days(self, today: date) -> int:
        return max(0, ((self.came_on or today) - self.asked_on).days)


@dataclass(frozen=True)
class Step:
    """One line of the computation, as the controller reads it."""

    text: str
    day: date


@dataclass(frozen=True)
class Clock:
    received_on: date
    suspensions: tuple[Suspension, ...] = ()
    extended_on: date | None = None

    @property
    def is_suspended(self) -> bool:
        return any(suspension.came_on is None for suspension in self.suspensions)

    def nominal_on(self, today: date) -> date:
        """The last day by the calendar, weekends and holidays not yet considered.

        `today` counts only while a proof is awaited: the date then moves by a day each day.
        """
        months = MONTHS_WHEN_EXTENDED if self.is_extended(today) else MONTHS_TO_ANSWER
        return self._shifted(months, today)

    def due_on(self, today: date) -> date:
        """The last day for the answer; it ends at midnight in Paris."""
        return rolled(self.nominal_on(today))

    def days_left(self, today: date) -> int:
        """0 on the last day, negative when it is too late."""
        return (self.due_on(today) - today).days

    def is_extended(self, today: date) -> bool:
        """An extension told after the first month is void, whatever was written down."""
        return self.extended_on is not None and self.extended_on <= self.last_day_to_extend(today)

    def may_extend(self, today: date) -> bool:
        """Once, and never after the nominal first month: a weekend does not lengthen the time to tell."""
        return self.extended_on is None and today <= self.last_day_to_extend(today)

    def last_day_to_extend(self, today: date) -> date:
        """The nominal end of the first month."""
        return self._shifted(MONTHS_TO_ANSWER, today)

    def extended(self, on: date) -> "Clock":
        if not self.may_extend(on):
            raise LateExtensionError
        return replace(self, extended_on=on)

    def may_suspend(self, today: date) -> bool:
        return not self.is_suspended and today <= self.nominal_on(today)

    def suspended(self, on: date) -> "Clock":
        if not self.may_suspend(on):
            raise LateSuspensionError
        return replace(self, suspensions=(*self.suspensions, Suspension(on)))

    def steps(self, today: date) -> list[Step]:
        """The computation line by line, in the language in force."""
        return [*self._counted(today), *self._waited(today), *_roll_steps(self.nominal_on(today))]

    def _shifted(self, months: int, today: date) -> date:
        nominal = months_after(self.received_on, months)
        for suspension in self._effective(nominal, today):
            nominal += timedelta(days=suspension.days(today))
        return nominal

    def _effective(self, nominal: date, today: date) -> Iterator[Suspension]:
        """Those asked for while the clock ran: a deadline that has passed cannot be revived."""
        for suspension in sorted(self.suspensions, key=lambda each: each.asked_on):
            if suspension.asked_on <= nominal:
                yield suspension
                nominal += timedelta(days=suspension.days(today))

    def _counted(self, today: date) -> Iterator[Step]:
        yield Step(gettext("The request was received."), self.received_on)
        first = months_after(self.received_on, MONTHS_TO_ANSWER)
        yield Step(gettext("One month later, by the calendar."), first)
        if self.extended_on is None:
            return
        if self.is_extended(today):
            last = months_after(self.received_on, MONTHS_WHEN_EXTENDED)
            yield Step(gettext("Extended: three months from receipt in all."), last)
        else:
            yield Step(gettext("An extension told after the first month has no effect."), self.extended_on)

    def _waited(self, today: date) -> Iterator[Step]:
        months = MONTHS_WHEN_EXTENDED if self.is_extended(today) else MONTHS_TO_ANSWER
        nominal = months_after(self.received_on, months)
        for suspension in self._effective(nominal, today):
            days = suspension.days(today)
            nominal += timedelta(days=days)
            yield Step(_waiting_text(suspension, days), nominal)


def _waiting_text(suspension: Suspension, days: int) -> str:
    counted = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    values = {"asked": _written(suspension.asked_on), "counted": counted}
    if suspension.came_on is None:
        return gettext("Suspended since %(asked)s, proof of identity awaited: %(counted)s so far.") % values
    values["came"] = _written(suspension.came_on)
    return gettext("Suspended from %(asked)s to %(came)s: %(counted)s.") % values


def _roll_steps(nominal: date) -> Iterator[Step]:
    day = nominal
    while not is_working_day(day):
        following = day + timedelta(days=1)
        yield Step(_why_not_working(day), following)
        day = following
    yield Step(gettext("Last day for the answer."), day)


def _why_not_working(day: date) -> str:
    language = "fr" if (get_language() or "").startswith("fr") else "en_US"
    name = public_holidays(day.year, language).get(day)
    values = {"day": _written(day), "name": name or date_format(day, "l")}
    return gettext("%(day)s is no working day (%(name)s): the next day.") % values


def _written(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
