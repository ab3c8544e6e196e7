"""The clock of a breach: how long the controller has to notify the authority.

A pure rule: instants in, instants out. Hours are counted as they pass, so no change of the clocks moves the end. Each
rule names its source:

* 72 hours after having become aware, where feasible: GDPR 33(1). Aware is who is reasonably certain that personal data
  were compromised: EDPB Guidelines 9/2022, section II.A.2;
* weekends and public holidays count: Regulation 1182/71, 3(3). A period in hours does not move to the next working
  day: the same, 3(4).

The same regulation leaves out the hour in which a period begins (3(1)) and wants two working days in each period of two
days or more (3(5)). Both could only lengthen the time, and whether the second concerns hours is open, so neither is
used: whoever keeps to this clock is on time however that is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from privacy.datamap.periods import CALENDAR

TO_NOTIFY = timedelta(hours=72)
FIRST_REMINDER = timedelta(hours=48)  # a day before the end
REMINDED_EVERY = timedelta(hours=24)


@dataclass(frozen=True)
class Step:
    """One line of the computation, as the controller reads it."""

    text: str
    at: datetime


def time_to_notify() -> str:
    """In words, for the policy."""
    hours = TO_NOTIFY // timedelta(hours=1)
    return gettext("%(hours)d hours") % {"hours": hours}


def due_at(aware_at: datetime) -> datetime:
    """The last instant for the notice, in UTC."""
    return aware_at.astimezone(UTC) + TO_NOTIFY


def is_late(aware_at: datetime, at: datetime) -> bool:
    """The last instant itself is in time."""
    return at > due_at(aware_at)


def hours_left(aware_at: datetime, now: datetime) -> int:
    """Whole hours; 0 in the last one, negative when it is too late."""
    return (due_at(aware_at) - now) // timedelta(hours=1)


def last_reminder(aware_at: datetime, now: datetime) -> datetime | None:
    """When the controller should last have been reminded: a day before the end, at the end, then each day."""
    first = aware_at.astimezone(UTC) + FIRST_REMINDER
    if now < first:
        return None
    return first + (now - first) // REMINDED_EVERY * REMINDED_EVERY


def steps(aware_at: datetime) -> list[Step]:
    """The computation line by line, in the language in force."""
    return list(_steps(aware_at))


def _steps(aware_at: datetime) -> Iterator[Step]:
    start, end = (
        aware_at.astimezone(UTC),
        due_at(aware_at),
    )  # a sum of two times of one zone is one of clock faces
    yield Step(gettext("We became aware of the breach."), start)
    for hours in (24, 48):
        yield Step(gettext("%(hours)d hours later.") % {"hours": hours}, start + timedelta(hours=hours))
    yield Step(gettext("72 hours later; weekends and public holidays count."), end)
    if change := _offset(end) - _offset(aware_at):
        yield Step(_clocks_changed(change), end)
    yield Step(gettext("Last moment for the notice to the CNIL."), end)


def _offset(at: datetime) -> timedelta:
    return at.astimezone(CALENDAR).utcoffset() or timedelta()


def _clocks_changed(change: timedelta) -> str:
    if change > timedelta():
        return gettext("The clocks go forward in between: it is an hour later by the clock.")
    return gettext("The clocks go back in between: it is an hour earlier by the clock.")
