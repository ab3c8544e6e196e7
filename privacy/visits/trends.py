"""Trends: the busiest days, pages and sites, from daily totals, and from visits where a day was not counted yet."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from privacy.visits import daily_totals, partitions
from privacy.visits.counting_models import DailyTotal
from privacy.visits.partition_ranges import DAY, TABLE, begin

LISTED = 15
WEEKS_BEYOND = 366  # days: more bars would be thinner than a screen can show
SUMS = """
WITH numbers AS MATERIALIZED (
  SELECT day, path, referrer, has_cookie, visits FROM {kept} WHERE day >= %(first)s AND day <> ALL (%(living)s::date[])
  UNION ALL ({counted})
)
SELECT day, path, referrer, has_cookie, sum(visits)::bigint FROM numbers
GROUP BY has_cookie, GROUPING SETS ((day), (path), (referrer))
"""
LIVING = f"""
(SELECT {daily_totals.COLUMNS} FROM {TABLE}
WHERE at >= %(since)s AND at < %(until)s AND {daily_totals.DAY_OF} = ANY (%(living)s::date[]))
"""  # noqa: S608


@dataclass(frozen=True)
class Bar:
    """One line of a plot: its name, its number, and its length as a percentage of the longest."""

    name: str
    visits: int
    length: int


@dataclass(frozen=True)
class DayBar:
    """One day of the plot, or the week that begins then: its number, and its position in percent of the highest bar."""

    day: date
    visits: int
    place: int
    top: int
    height: int


@dataclass(frozen=True)
class Trends:
    """What the plots show. From ``living`` on there are visits, of the days before only totals.

    Views ``without_cookie`` are in none of the plots.
    """

    days: list[DayBar]
    step: int  # days in one bar
    pages: list[Bar]
    referrers: list[Bar]
    living: date
    without_cookie: int

    @property
    def visits(self) -> int:
        return sum(bar.visits for bar in self.days)

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.days[-1].day + (self.step - 1) * DAY

    @property
    def busiest(self) -> DayBar:
        return max(self.days, key=lambda bar: bar.visits)


def trends(*, days: int, now: datetime) -> Trends:
    """The last ``days`` days (UTC), today included; more than a year in whole weeks."""
    today, step = now.astimezone(UTC).date(), 7 if days > WEEKS_BEYOND else 1
    days -= days % step
    first, kept = today - timedelta(days=days - 1), partitions.first_kept(now)
    there = [day for day in partitions.attached_days() if kept <= day <= today]
    living = min(there, default=today)
    shown = [day for day in there if first <= day]
    sums = _sums(first, sorted(daily_totals.uncounted(shown)))
    bars = _calendar(first, days // step, step, sums.by_day)
    return Trends(bars, step, _bars(sums.by_page), _bars(sums.by_referrer), living, sums.without_cookie)


@dataclass
class _Sums:
    """The views of each day, each page and each site, and those without the cookie."""

    by_day: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    by_page: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_referrer: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    without_cookie: int = 0

    def add(self, day: date | None, path: str | None, referrer: str | None, visits: int) -> None:
        """Of the first three, one is not null."""
        if day is not None:
            self.by_day[day] += visits
        elif path is not None:
            self.by_page[path] += visits
        elif referrer is not None:
            self.by_referrer[referrer] += visits


def _sums(first: date, living: list[date]) -> _Sums:
    """Those of ``living`` days are counted from the visits."""
    counted = daily_totals.MERGED.format(source=LIVING)
    question = SUMS.format(kept=DailyTotal._meta.db_table, counted=counted)
    since, last = (living[0], living[-1]) if living else (first, first - DAY)
    bounds = {"since": begin(since), "until": begin(last + DAY), "first": first, "living": living}
    sums = _Sums()
    with connection.cursor() as cursor:
        cursor.execute(question, daily_totals.parameters() | bounds)
        for day, path, referrer, has_cookie, visits in cursor.fetchall():
            if has_cookie:
                sums.add(day, path, referrer, visits)
            elif day is not None:
                sums.without_cookie += visits
    return sums


def _calendar(first: date, count: int, step: int, visits: dict[date, int]) -> list[DayBar]:
    begins = [first + timedelta(days=step * place) for place in range(count)]
    sums = [sum(visits.get(begin + number * DAY, 0) for number in range(step)) for begin in begins]
    heights = [_share(number, max(sums)) for number in sums]
    return [
        DayBar(begin, number, place, 100 - height, height)
        for place, (begin, number, height) in enumerate(zip(begins, sums, heights, strict=True))
    ]


def _bars(visits: dict[str, int]) -> list[Bar]:
    """The largest first; those that do not fit are merged into one, which comes last."""
    ranked = sorted(visits.items(), key=lambda item: (-item[1], item[0]))
    shown = [item for item in ranked if item[0] != daily_totals.OTHER][:LISTED]
    if rest := sum(visits.values()) - sum(number for _name, number in shown):
        shown.append((daily_totals.OTHER, rest))
    most = max((number for _name, number in shown), default=0)
    return [Bar(name, number, _share(number, most)) for name, number in shown]


def _share(number: int, most: int) -> int:
    """A percentage, at least 1 for anything above zero, so that it can be seen."""
    return max(1, round(100 * number / most)) if number else 0
