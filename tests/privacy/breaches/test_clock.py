"""The 72 hours: by table, by the calendar of Paris, and by a computation of another kind."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from privacy.breaches import clock

PARIS = ZoneInfo("Europe/Paris")
INSTANTS = st.datetimes(
    min_value=datetime(2018, 5, 25), max_value=datetime(2060, 1, 1), timezones=st.just(UTC)
)


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold)


@pytest.mark.parametrize(
    ("aware_at", "due_at"),
    [
        pytest.param("2026-11-23T10:15", "2026-11-26T10:15", id="in the week"),
        pytest.param("2026-11-27T18:00", "2026-11-30T18:00", id="over a weekend"),
        pytest.param("2026-11-26T18:00", "2026-11-29T18:00", id="ends on a Sunday, and stays there"),
        pytest.param("2026-12-22T09:00", "2026-12-25T09:00", id="ends at Christmas, and stays there"),
        pytest.param("2028-02-27T00:00", "2028-03-01T00:00", id="over a leap day"),
        pytest.param("2026-12-30T23:59", "2027-01-02T23:59", id="over the new year"),
        pytest.param("2026-03-27T12:00", "2026-03-30T13:00", id="the clocks go forward"),
        pytest.param("2026-10-23T12:00", "2026-10-26T11:00", id="the clocks go back"),
        pytest.param("2026-10-25T01:30", "2026-10-28T00:30", id="begins just before they go back"),
        pytest.param(
            "2026-10-22T02:30", "2026-10-25T02:30", id="ends in the hour that comes twice: the first"
        ),
        pytest.param("2026-03-26T02:30", "2026-03-29T03:30", id="ends in the hour that does not exist"),
    ],
)
def test_the_72_hours_by_the_clock_of_paris(aware_at: str, due_at: str):
    assert clock.due_at(paris(aware_at)).astimezone(PARIS).replace(tzinfo=None) == datetime.fromisoformat(
        due_at
    )


def test_the_hour_that_comes_twice_is_two_hours():
    first, second = paris("2026-10-25T02:30"), paris("2026-10-25T02:30", fold=1)
    assert clock.due_at(second) - clock.due_at(first) == timedelta(hours=1)


@given(INSTANTS)
def test_it_is_always_72_hours_of_seconds(aware_at: datetime):
    due_at = clock.due_at(aware_at.astimezone(PARIS))
    assert due_at.timestamp() - aware_at.timestamp() == pytest.approx(72 * 3600, abs=0.001)


@given(INSTANTS)
def test_by_the_clock_of_paris_it_differs_by_what_the_clocks_moved(aware_at: datetime):
    local = aware_at.astimezone(PARIS)
    end = clock.due_at(aware_at).astimezone(PARIS)
    moved = (end.utcoffset() or timedelta()) - (local.utcoffset() or timedelta())
    assert end.replace(tzinfo=None) - local.replace(tzinfo=None) == timedelta(hours=72) + moved


@example(datetime(2026, 11, 23, tzinfo=UTC), timedelta(hours=72))
@given(INSTANTS, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=9)))
def test_late_is_one_instant_after_the_end_and_agrees_with_the_hours_left(
    aware_at: datetime, later: timedelta
):
    at = aware_at + later
    assert clock.is_late(aware_at, at) == (later > timedelta(hours=72))
    assert (clock.hours_left(aware_at, at) < 0) == clock.is_late(aware_at, at)


@pytest.mark.parametrize(
    ("hours", "reminded_at"),
    [(0, None), (47.99, None), (48, 48), (71.9, 48), (72, 72), (95, 72), (96, 96), (250, 240)],
)
def test_the_controller_is_reminded_a_day_before_at_the_end_and_each_day(hours, reminded_at):
    aware_at = paris("2026-10-23T12:00")
    start = aware_at.astimezone(UTC)
    expected = None if reminded_at is None else start + timedelta(hours=reminded_at)
    now = (start + timedelta(hours=hours)).astimezone(PARIS)
    assert clock.last_reminder(aware_at, now) == expected


@pytest.mark.parametrize(
    ("aware_at", "said"),
    [
        ("2026-11-23T10:15", ""),
        ("2026-03-27T12:00", "an hour later by the clock"),
        ("2026-10-23T12:00", "an hour earlier by the clock"),
    ],
)
def test_the_computation_stands_line_by_line(aware_at: str, said: str):
    with override("en"):
        steps = clock.steps(paris(aware_at))
    assert steps[0].at == paris(aware_at)
    assert [step.at - steps[0].at for step in steps[1:3]] == [timedelta(hours=24), timedelta(hours=48)]
    assert steps[-1].at == clock.due_at(paris(aware_at))
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert (len(steps) == 6) == bool(said)
    assert said in steps[-2].text
    assert steps[3].text == "72 hours later; weekends and public holidays count."
