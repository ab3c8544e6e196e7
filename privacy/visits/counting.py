"""Counting the days that are over, long before their visits go, so that the purge finds their totals there."""

from datetime import date, datetime, timedelta

from django.db import transaction

from privacy.visits import daily_totals
from privacy.visits.partition_ranges import DAY, TABLE, begin
from privacy.visits.partitions import attached_days

SETTLES = timedelta(minutes=10)  # a day is counted once what waits in the spools has most likely come in


def count_finished(*, now: datetime) -> list[date]:
    """Keep the totals of each day that is over and was not counted since it changed; returns those days.

    So the purge finds them there, whenever it comes. A day that it takes off meanwhile is left to it.
    """
    finished = [day for day in attached_days() if begin(day + DAY) + SETTLES <= now]
    return [day for day in sorted(daily_totals.uncounted(finished)) if _count(day)]


def _count(day: date) -> bool:
    ends = f"at >= '{begin(day)}' AND at < '{begin(day + DAY)}'"
    with transaction.atomic():
        daily_totals.store([day], f"(SELECT at, path, referrer, visitor FROM {TABLE} WHERE {ends}) AS visits")  # noqa: S608
        is_there = (
            day in attached_days()
        )  # asked for last: else there may have been nothing to count any more
        transaction.set_rollback(not is_there)
    return is_there
