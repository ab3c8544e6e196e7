"""Counting the days that are over, long before their visits are deleted, so that the purge finds their totals there."""

from datetime import date, datetime, timedelta

from django.db import transaction

from privacy.visits import daily_totals
from privacy.visits.partition_ranges import DAY, TABLE, begin
from privacy.visits.partitions import attached_days

SETTLES = timedelta(minutes=10)  # by then what waited in the spools was most likely ingested


def count_finished(*, now: datetime) -> list[date]:
    """Store the totals of each day that is over and has changed since it was counted; returns those days.

    A day whose partition a purge detaches meanwhile is left to that purge.
    """
    finished = [day for day in attached_days() if begin(day + DAY) + SETTLES <= now]
    return [day for day in sorted(daily_totals.uncounted(finished)) if _count(day)]


def _count(day: date) -> bool:
    ends = f"at >= '{begin(day)}' AND at < '{begin(day + DAY)}'"
    with transaction.atomic():
        daily_totals.store([day], f"(SELECT {daily_totals.COLUMNS} FROM {TABLE} WHERE {ends}) AS visits")  # noqa: S608
        # Asked last: if a purge detached the day meanwhile, there may have been nothing left to count.
        is_there = day in attached_days()
        transaction.set_rollback(not is_there)
    return is_there
