"""The clock of LAW.md: its vectors by table, its promises by hypothesis."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dsr.rules import deadlines
from dsr.rules.deadlines import Clock, Suspension

TODAY = date(2026, 1, 1)
DAYS = st.dates(date(2008, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        ("2026-03-05", "2026-04-07", "2026-06-05"),  # Easter Sunday, then Easter Monday
        ("2026-01-31", "2026-03-02", "2026-04-30"),  # clamped to 28 February, a Saturday
        ("2026-04-01", "2026-05-04", "2026-07-01"),  # Labour Day, a Friday
        ("2026-08-31", "2026-09-30", "2026-11-30"),
        ("2024-01-31", "2024-02-29", "2024-04-30"),  # leap year
        ("2023-12-31", "2024-01-31", "2024-04-02"),  # Easter Sunday 31 March, Easter Monday
        ("2025-11-25", "2025-12-26", "2026-02-25"),  # 26 December works outside Alsace and Moselle
        ("2026-03-03", "2026-04-03", "2026-06-03"),  # Good Friday works too
        ("2026-04-14", "2026-05-15", "2026-07-15"),  # Ascension; 14 July is a holiday
        ("2026-04-25", "2026-05-26", "2026-07-27"),  # Whit Monday; a Saturday
        ("2026-10-11", "2026-11-12", "2027-01-11"),  # Armistice Day
        ("2026-12-01", "2027-01-04", "2027-03-01"),  # New Year's Day on a Friday
        ("2025-12-31", "2026-02-02", "2026-03-31"),  # 31 January 2026 is a Saturday
    ],
)
def test_the_vectors_of_the_law(received: str, due: str, extended: str) -> None:
    clock = Clock(date.fromisoformat(received))
    assert clock.due_on(TODAY) == date.fromisoformat(due)
    told = clock.extended(date.fromisoformat(received) + timedelta(days=20))
    assert told.due_on(TODAY) == date.fromisoformat(extended)


def test_a_day_begins_at_midnight_in_paris() -> None:
    assert deadlines.paris_day(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert deadlines.paris_day(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert deadlines.paris_day(datetime(2026, 1, 1, 22, 30, tzinfo=UTC)) == date(2026, 1, 1)


def test_the_two_holidays_of_alsace_do_not_count() -> None:
    assert deadlines.is_working_day(date(2025, 12, 26))
    assert deadlines.is_working_day(date(2025, 4, 18))
    assert len(deadlines.public_holidays(2026)) == 11


def test_a_suspension_shifts_the_nominal_date_which_is_then_rolled_once() -> None:
    # Nominal 5 April (Easter Sunday) + 3 = 8 April; adding to the rolled 7 April would give the 10th.
    clock = Clock(date(2026, 3, 5), (Suspension(date(2026, 3, 10), date(2026, 3, 13)),))
    assert clock.nominal_on(TODAY) == date(2026, 4, 8)
    assert clock.due_on(TODAY) == date(2026, 4, 8)


def test_while_a_proof_is_awaited_the_date_moves_with_today() -> None:
    clock = Clock(date(2026, 8, 31)).suspended(date(2026, 9, 10))
    assert clock.is_suspended
    assert clock.due_on(date(2026, 9, 10)) == date(2026, 9, 30)
    assert clock.due_on(date(2026, 9, 11)) == date(2026, 10, 1)
    assert not clock.may_suspend(date(2026, 9, 12))


def test_a_proof_that_came_stops_the_drift() -> None:
    clock = Clock(date(2026, 8, 31), (Suspension(date(2026, 9, 10), date(2026, 9, 14)),))
    assert {clock.due_on(date(2026, 9, 14) + timedelta(days=n)) for n in range(400)} == {date(2026, 10, 5)}


def test_a_suspension_asked_for_after_the_delay_changes_nothing() -> None:
    clock = Clock(date(2026, 8, 31))
    assert clock.may_suspend(date(2026, 9, 30))
    with pytest.raises(deadlines.LateSuspensionError):
        clock.suspended(date(2026, 10, 1))
    late = Clock(date(2026, 8, 31), (Suspension(date(2026, 10, 1), date(2026, 10, 20)),))
    assert late.due_on(TODAY) == date(2026, 9, 30)


def test_a_suspension_is_asked_for_by_the_nominal_day_at_the_latest() -> None:
    """Received on 5 March: 5 April is a Sunday, 6 April Easter Monday. The two days more are for answering alone."""
    clock = Clock(date(2026, 3, 5))
    assert clock.due_on(TODAY) == date(2026, 4, 7)
    assert clock.suspended(date(2026, 4, 5)).is_suspended
    with pytest.raises(deadlines.LateSuspensionError):
        clock.suspended(date(2026, 4, 6))
    on_the_day = Clock(date(2026, 3, 5), (Suspension(date(2026, 4, 5), date(2026, 4, 15)),))
    assert on_the_day.due_on(TODAY) == date(2026, 4, 15)
    one_later = Clock(date(2026, 3, 5), (Suspension(date(2026, 4, 6), date(2026, 4, 15)),))
    assert one_later.due_on(TODAY) == date(2026, 4, 7)


def test_a_second_suspension_counts_while_the_first_has_lengthened_the_delay() -> None:
    first, second = (
        Suspension(date(2026, 3, 10), date(2026, 3, 30)),
        Suspension(date(2026, 4, 20), date(2026, 4, 30)),
    )
    assert Clock(date(2026, 3, 5), (second, first)).due_on(TODAY) == date(2026, 5, 5)
    assert Clock(date(2026, 3, 5), (second,)).due_on(TODAY) == date(2026, 4, 7)


def test_the_extension_is_impossible_after_the_nominal_first_month() -> None:
    clock = Clock(date(2026, 1, 31))  # nominal Saturday 28 February, rolled to Monday 2 March
    assert clock.may_extend(date(2026, 2, 28))
    assert not clock.may_extend(date(2026, 3, 1))
    with pytest.raises(deadlines.LateExtensionError):
        clock.extended(date(2026, 3, 2))
    with pytest.raises(deadlines.LateExtensionError):
        clock.extended(date(2026, 2, 3)).extended(date(2026, 2, 4))
    written_too_late = Clock(date(2026, 1, 31), extended_on=date(2026, 3, 2))
    assert written_too_late.due_on(TODAY) == date(2026, 3, 2)


def test_the_badge_stays_on_the_last_day() -> None:
    clock = Clock(date(2026, 8, 31))
    assert clock.days_left(date(2026, 9, 29)) == 1
    assert clock.days_left(date(2026, 9, 30)) == 0
    assert clock.days_left(date(2026, 10, 1)) == -1


def test_the_computation_is_told_line_by_line() -> None:
    clock = Clock(date(2026, 3, 5))
    with translation.override("en"):
        steps = [(step.day.isoformat(), step.text) for step in clock.steps(TODAY)]
    assert [day for day, _ in steps] == ["2026-03-05", "2026-04-05", "2026-04-06", "2026-04-07", "2026-04-07"]
    assert "Sunday" in steps[2][1]
    assert "Easter Monday" in steps[3][1]


# --- promises ---------------------------------------------------------------------------------------------


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A clock lived through: suspended and extended in any order, each only when it is lawful."""
    clock = Clock(draw(DAYS))
    day = clock.received_on
    for event in draw(st.lists(st.sampled_from(["suspend", "resume", "extend"]), max_size=8)):
        day += timedelta(days=draw(st.integers(0, 25)))
        clock = _lived(clock, event, day)
    return _lived(clock, "resume", day + timedelta(days=draw(st.integers(0, 25))))


def _lived(clock: Clock, event: str, day: date) -> Clock:
    if event == "suspend" and clock.may_suspend(day):
        return clock.suspended(day)
    if event == "extend" and clock.may_extend(day):
        return clock.extended(day)
    if event == "resume" and clock.is_suspended:
        *earlier, last = clock.suspensions
        return Clock(clock.received_on, (*earlier, Suspension(last.asked_on, day)), clock.extended_on)
    return clock


MOVES = st.lists(st.tuples(st.sampled_from(["suspend", "resume", "extend"]), st.integers(0, 40)), max_size=8)


@given(DAYS, MOVES)
def test_a_life_counted_by_hand_says_the_same(received: date, moves: list[tuple[str, int]]) -> None:
    """What may be done and what is due, counted anew for each day from nothing but the months and the days waited."""
    clock, day, months, waited, since = Clock(received), received, 1, 0, None
    for event, later in moves:
        day += timedelta(days=later)
        so_far = timedelta(days=waited + ((day - since).days if since else 0))
        last, first = (deadlines.months_after(received, number) + so_far for number in (months, 1))
        assert clock.may_suspend(day) == (since is None and day <= last)
        assert clock.may_extend(day) == (months == 1 and day <= first)
        if event == "suspend" and clock.may_suspend(day):
            since = day
        elif event == "extend" and clock.may_extend(day):
            months = 3
        elif event == "resume" and since:
            waited, since = waited + (day - since).days, None
        clock = _lived(clock, event, day)
        so_far = timedelta(days=waited + ((day - since).days if since else 0))
        assert clock.due_on(day) == deadlines.rolled(deadlines.months_after(received, months) + so_far)


@given(clocks())
def test_never_on_a_day_off_and_never_later_than_the_law(clock: Clock) -> None:
    waited = sum(each.days(TODAY) for each in clock.suspensions)
    months = 1 if clock.extended_on is None else 3
    due = clock.due_on(TODAY)
    latest = deadlines.months_after(clock.received_on, months) + timedelta(days=waited)
    assert deadlines.is_working_day(due)
    assert due == deadlines.rolled(latest)
    assert all(not deadlines.is_working_day(latest + timedelta(days=n)) for n in range((due - latest).days))
    assert (due - latest).days <= 4


@given(clocks())
def test_the_controller_always_has_the_day_on_which_the_proof_came(clock: Clock) -> None:
    for suspension in clock.suspensions:
        assert clock.due_on(TODAY) >= suspension.came_on


@given(clocks(), st.dates(date(2008, 1, 1), date(2099, 1, 1)))
def test_a_clock_without_open_suspension_does_not_depend_on_today(clock: Clock, today: date) -> None:
    assert clock.due_on(today) == clock.due_on(TODAY)


@given(DAYS, st.integers(0, 400), st.booleans())
def test_received_later_is_never_due_earlier(received: date, more: int, extended: bool) -> None:
    def due(day: date) -> date:
        return Clock(day, extended_on=day if extended else None).due_on(TODAY)

    assert due(received) <= due(received + timedelta(days=more))


@given(clocks(), st.integers(0, 200))
def test_waiting_longer_is_never_due_earlier(clock: Clock, more: int) -> None:
    if clock.suspensions:
        *earlier, last = clock.suspensions
        longer = Suspension(last.asked_on, last.came_on + timedelta(days=more))
        other = Clock(clock.received_on, (*earlier, longer), clock.extended_on)
        assert other.due_on(TODAY) >= clock.due_on(TODAY)


@given(clocks())
def test_the_last_line_of_the_computation_is_the_due_day(clock: Clock) -> None:
    assert clock.steps(TODAY)[-1].day == clock.due_on(TODAY)
