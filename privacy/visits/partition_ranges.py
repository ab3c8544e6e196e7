"""Which days one partition of visits holds: a day, a week or a month, as ``VISIT_PARTITIONS`` says. Pure.

A partition's name says where it begins and ends, so that its content is known whatever the setting was when it was
made. New ones begin where the existing ones end: the setting may change while the site runs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

TABLE = "privacy_visit"
NAME = re.compile(rf"{TABLE}_(\d{{8}})(?:_(\d{{8}}))?")
DAY = timedelta(days=1)
# The database makes no partition that holds more, and no more than these: daily ones for longer than any visit stays.
LONGEST, MOST = 31 * DAY, 400


class Granularity(StrEnum):
    """How much one partition holds, unless its neighbours leave less room."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"VISIT_PARTITIONS is {', '.join(cls)}, not {value!r}")


@dataclass(frozen=True, order=True)
class PartitionRange:
    """The days from ``first`` to the one before ``end`` (UTC)."""

    first: date
    end: date

    @classmethod
    def of(cls, day: date, granularity: Granularity = Granularity.DAY) -> Self:
        """The day itself, its week from Monday on, or its month."""
        if granularity == Granularity.WEEK:
            monday = day - day.weekday() * DAY
            return cls(monday, monday + 7 * DAY)
        if granularity == Granularity.MONTH:
            first = day.replace(day=1)
            return cls(first, (first + 31 * DAY).replace(day=1))
        return cls(day, day + DAY)

    @classmethod
    def named(cls, name: str) -> Self | None:
        """What a table of this name holds; ``None`` when it is no partition of visits."""
        if not (match := NAME.fullmatch(name)):
            return None
        first = date.fromisoformat(match[1])
        return cls(first, date.fromisoformat(match[2]) if match[2] else first + DAY)

    @property
    def name(self) -> str:
        """The name of its table; a single day needs no end."""
        last = "" if self.end == self.first + DAY else f"_{self.end:%Y%m%d}"
        return f"{TABLE}_{self.first:%Y%m%d}{last}"

    @property
    def days(self) -> list[date]:
        return [self.first + number * DAY for number in range((self.end - self.first).days)]


def begin(day: date) -> datetime:
    """The first instant of ``day`` (UTC)."""
    return datetime.combine(day, time(), UTC)


def planned(
    days: Iterable[date], standing: Iterable[PartitionRange], granularity: Granularity
) -> list[PartitionRange]:
    """What has to be made so that each of ``days`` is in one partition, and none in two."""
    spans, made = sorted(standing), []
    for day in sorted(set(days)):
        if any(partition.first <= day < partition.end for partition in spans):
            continue
        whole = PartitionRange.of(day, granularity)
        before = (partition.end for partition in spans if partition.end <= day)
        after = (partition.first for partition in spans if partition.first > day)
        made.append(PartitionRange(max([whole.first, *before]), min([whole.end, *after])))
        spans.append(made[-1])
    return made
