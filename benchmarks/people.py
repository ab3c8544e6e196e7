"""Visits of many people, created once for all the items that look for one of them."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from benchmarks import data
from privacy.visits import partitions
from privacy.visits.partition_ranges import begin

DAYS, PLAIN, BROWSERS = 180, "bench_people", 5
_filled = [0]


def first_day(now: datetime) -> datetime:
    """The day of the oldest of these visits."""
    return begin((now - timedelta(days=DAYS)).date())


def fill(rows: int, *, now: datetime) -> None:
    """`rows` visits in the real table and in a plain one, unless they are there already."""
    if (
        _filled[0] == rows
        and data.run(f"SELECT to_regclass('{PLAIN}')")
        and len(partitions.attached_days()) > DAYS
    ):
        return
    data.fill_days(rows=rows, first=first_day(now), days=DAYS)
    data.copy_plain(PLAIN)
    data.run("CHECKPOINT")
    _filled[0] = rows


def somebody() -> frozenset[UUID]:
    """The visitor ids of one person with several browsers."""
    keys = range(1, BROWSERS + 1)
    return frozenset(UUID(hashlib.md5(str(key).encode()).hexdigest()) for key in keys)  # noqa: S324
