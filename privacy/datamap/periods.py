"""Calendar periods: "six months" is six months of the calendar, never a number of days.

One function and one direction: ``expires_at = since + period``, at the latest at the month's end (Regulation 1182/71
article 3). The wall clock is that of Paris. Where the autumn night has an hour twice, the first of the two is meant,
because "at most" is strict. :func:`expires_expression` is the same rule in SQL.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.db.models import DateTimeField, Expression, Func, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Least
from django.db.models.sql import Query
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

CALENDAR = ZoneInfo("Europe/Paris")
# The end of a shorter month, a leap day and summer time together move a date by less than this.
SLACK = timedelta(days=4)


@dataclass(frozen=True)
class Period:
    """A length of time on the calendar; at least one part is above zero. Raises :class:`ValueError` otherwise."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if min(self.years, self.months, self.days) < 0 or not (self.years or self.months or self.days):
            raise ValueError(f"A period must be longer than nothing: {self!r}")

    def after(self, since: datetime) -> datetime:
        """The first instant at which a period begun at ``since`` (aware) is over, in UTC."""
        wall = since.astimezone(CALENDAR).replace(tzinfo=None, fold=0)
        end = (wall + self._delta()).replace(tzinfo=CALENDAR)
        return end.astimezone(ZoneInfo("UTC"))

    def is_over(self, since: datetime, now: datetime) -> bool:
        return self.after(since) <= now

    def earliest(self, now: datetime) -> datetime:
        """An instant before which no period can still run at ``now``: a literal, which an index can use."""
        return now - self._delta() - SLACK

    def latest(self, now: datetime) -> datetime:
        """An instant after which no period can be over at ``now``."""
        return now - self._delta() + SLACK

    @property
    def iso(self) -> str:
        """In ISO 8601: ``P6M``."""
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{count}{letter}" for count, letter in parts if count)

    def _delta(self) -> relativedelta:
        return relativedelta(years=self.years, months=self.months, days=self.days)

    def __str__(self) -> str:
        parts = [
            ngettext("%(count)d year", "%(count)d years", self.years) % {"count": self.years},
            ngettext("%(count)d month", "%(count)d months", self.months) % {"count": self.months},
            ngettext("%(count)d day", "%(count)d days", self.days) % {"count": self.days},
        ]
        counts = (self.years, self.months, self.days)
        said = [part for part, count in zip(parts, counts, strict=True) if count]
        return str(get_text_list(said, _("and")))


class _AtTimeZone(Func):
    """``AT TIME ZONE``: from an instant to the wall clock of Paris, or back."""

    template = f"((%(expressions)s) AT TIME ZONE '{CALENDAR.key}')"
    output_field = DateTimeField()


class _Plus(Func):
    template = "((%(expressions)s))"
    arg_joiner = " + "
    output_field = DateTimeField()


class _Interval(Func):
    function = "make_interval"


def expires_expression(lookup: str | Expression, period: Period) -> Expression:
    """The SQL of :meth:`Period.after` for the instant under ``lookup``.

    Of an hour that comes twice PostgreSQL takes the second. Asking also for one hour earlier, adding one hour, and
    keeping the lesser of both gives the first.
    """
    interval = _Interval(Value(period.years), Value(period.months), Value(0), Value(period.days))
    hour = _Interval(*[Value(number) for number in (0, 0, 0, 0, 1)])
    back = _Interval(*[Value(number) for number in (0, 0, 0, 0, -1)])
    end = _Plus(_AtTimeZone(lookup), interval)
    return Least(_AtTimeZone(end), _Plus(_AtTimeZone(_Plus(end, back)), hour), output_field=DateTimeField())


def is_over_sql(column: str, period: Period, now: datetime) -> tuple[str, list[Any]]:
    """The SQL of :meth:`Period.is_over` with its parameters, for a table that no model knows.

    ``column`` is SQL: never something that came from outside.
    """
    query = Query(None)
    compiler = query.get_compiler(connection=connection)
    end = expires_expression(RawSQL(column, ()), period)  # noqa: S611
    sql, parameters = compiler.compile(end.resolve_expression(query))
    return f"{sql} <= %s", [*parameters, now]
