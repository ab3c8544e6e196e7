"""Trends: which days, pages and sites, out of the totals of the days that were counted, and visits of the others."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from privacy.visits import daily_totals, partitions
from privacy.visits.counting_models import DailyTotal
from privacy.visits.partition_ranges import DAY, TABLE, begin

LISTED = 15
WEEKS_BEYOND = 366  # days: so many bars and more would be thinner than a screen can show
SUMS = """
WITH numbers AS MATERIALIZED (
  SELECT day, path, referrer, visits FROM {kept} WHERE day >= %(first)s AND day <> ALL (%(living)s::date[])
  UNION ALL ({counted})
)
SELECT day, path, referrer, sum(visits)::bigint FROM numbers
GROUP BY GROUPING SETS ((day), (path), (referrer))
"""
LIVING = f"""
(SELECT at, path, referrer, visitor FROM {TABLE}
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
    """One day of the plot, or the week that begins then: its number, place and height in percent of the busiest."""

    day: date
    visits: int
    place: int
    top: int
    height: int


@dataclass(frozen=True)
class Trends:
    """What the plots show. From ``living`` on the visits themselves are there, of the days before only totals."""

    days: list[DayBar]
    step: int  # days in one bar
    pages: list[Bar]
    referrers: list[Bar]
    living: date

    @property
    def visits(self) -> int:
        """All of them."""
        return sum(bar.visits for bar in self.days)

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.days[-1].day + (self.step - 1) * DAY

    @property
    def busiest(self) -> DayBar:
        """The bar with most visits."""
        return max(self.days, key=lambda bar: bar.visits)


def trends(*, days: int, now: datetime) -> Trends:
    """The last ``days`` days (UTC), today included; a long time in whole weeks."""
    today, step = now.astimezone(UTC).date(), 7 if days > WEEKS_BEYOND else 1
    days -= days % step
    first, kept = today - timedelta(days=days - 1), partitions.first_kept(now)
    there = [day for day in partitions.attached_days() if kept <= day <= today]
    living = min(there, default=today)
    shown = [day for day in there if first <= day]
    by_day, by_page, by_referrer = _sums(first, sorted(daily_totals.uncounted(shown)))
    bars = _calendar(first, days // step, step, by_day)
    return Trends(bars, step, _bars(by_page), _bars(by_referrer), living)


def _sums(first: date, living: list[date]) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
    """The visits of each day, each page and each site: of ``living`` days out of the visits themselves."""
    counted = daily_totals.MERGED.format(source=LIVING)
    question = SUMS.format(kept=DailyTotal._meta.db_table, counted=counted)
    since, last = (living[0], living[-1]) if living else (first, first - DAY)
    bounds = {"since": begin(since), "until": begin(last + DAY), "first": first, "living": living}
    sums: tuple[dict[Any, int], ...] = (defaultdict(int), defaultdict(int), defaultdict(int))
    with connection.cursor() as cursor:
        cursor.execute(question, daily_totals.parameters() | bounds)
        for *names, visits in cursor.fetchall():
            which = next(number for number, name in enumerate(names) if name is not None)
            sums[which][names[which]] += visits
    return sums[0], sums[1], sums[2]


def _calendar(first: date, count: int, step: int, visits: dict[date, int]) -> list[DayBar]:
    begins = [first + timedelta(days=step * place) for place in range(count)]
    sums = [sum(visits.get(begin + number * DAY, 0) for number in range(step)) for begin in begins]
    heights = [_share(number, max(sums)) for number in sums]
    return [
        DayBar(begin, number, place, 100 - height, height)
        for place, (begin, number, height) in enumerate(zip(begins, sums, heights, strict=True))
    ]


def _bars(visits: dict[str, int]) -> list[Bar]:
    """The largest first; those that do not fit join the merged ones, which come last."""
    ranked = sorted(visits.items(), key=lambda item: (-item[1], item[0]))
    shown = [item for item in ranked if item[0] != daily_totals.OTHER][:LISTED]
    if rest := sum(visits.values()) - sum(number for _name, number in shown):
        shown.append((daily_totals.OTHER, rest))
    most = max((number for _name, number in shown), default=0)
    return [Bar(name, number, _share(number, most)) for name, number in shown]


def _share(number: int, most: int) -> int:
    """A percentage; whatever is there at all is seen."""
    return max(1, round(100 * number / most)) if number else 0
