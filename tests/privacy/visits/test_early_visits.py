"""Visits that go before their six months are over, with their partition: how many, and how early."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from privacy.datamap.periods import CALENDAR, is_over_sql
from privacy.datamap.purging import NO_ROWS, RowSpan
from privacy.datamap.subjects import Subject
from privacy.retention import preview, purge
from privacy.retention.models import PurgeLine
from privacy.rights import holds, restriction
from privacy.visits import counting, partitions
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import DAY, Granularity, PartitionRange, begin
from tests import roles
from tests.conftest import ALICE

PERIOD = partitions.PERIOD
HOUR = timedelta(hours=1)
LAST = timedelta(microseconds=1)


# How early ------------------------------------------------------------------------------------------------------


def due_at(partition: PartitionRange) -> datetime:
    """When the partition goes: as soon as one of the visits that it may hold is due."""
    midnight = datetime.combine(partition.first + DAY, time(), CALENDAR)
    return min(PERIOD.after(begin(partition.first)), PERIOD.after(midnight))


@pytest.mark.parametrize(
    ("day", "granularity", "days"),
    [
        (date(2026, 5, 13), "week", 7),
        (date(2027, 10, 28), "week", 6),  # 31 October ends on 30 April, as the 30th does
        (date(2029, 2, 28), "week", 10),  # 26 February to 4 March: 26 August to 4 September
        (date(2026, 8, 28), "week", 5),  # 24 to 30 August: 24 to 28 February
        (date(2026, 5, 13), "day", 1),
        (date(2029, 2, 28), "day", 4),  # its last hour is 1 March in Paris
        (date(2029, 2, 28), "month", 31),
    ],
)
def test_the_last_visit_of_a_partition_goes_so_many_days_early_at_most(day, granularity, days):
    partition = PartitionRange.of(day, Granularity(granularity))
    last = max(PERIOD.after(begin(partition.end) - LAST - number * HOUR) for number in range(96))
    assert timedelta(days=days - 1, hours=12) < last - due_at(partition) <= timedelta(days=days)


@given(st.dates(date(2024, 1, 1), date(2051, 12, 31)), st.integers(0, 7 * 86_400 - 1))
@example(date(2029, 2, 28), 7 * 86_400 - 1)
def test_no_visit_of_a_week_goes_more_than_ten_days_early(day, seconds):
    week = PartitionRange.of(day, Granularity.WEEK)
    at = begin(week.first) + timedelta(seconds=seconds)
    assert timedelta() <= PERIOD.after(at) - due_at(week) < timedelta(days=10)


# Which of a day are past their period ---------------------------------------------------------------------------

moments = st.integers(0, 86_400 - 1)


@given(
    st.dates(date(2024, 1, 1), date(2033, 1, 1)),
    st.lists(moments, min_size=1, max_size=30),
    st.integers(-40 * 3600, 40 * 3600),
)
@example(date(2026, 10, 30), [0, 81_000, 86_000], 0)  # from 23:00 on it is 31 October in Paris: 30 April too
@example(date(2026, 10, 25), [1_800, 4_000], 1_800)  # an hour that comes twice
@example(date(2026, 9, 28), [1_800, 5_000], 5_000)
def test_what_is_said_of_a_whole_day_is_true_of_each_of_its_visits(day, seconds, moved):
    instants = [begin(day) + timedelta(seconds=each) for each in seconds]
    now = PERIOD.after(begin(day)) + timedelta(seconds=moved)
    span = RowSpan(len(instants), min(instants), max(instants))
    said = partitions.are_over(span, now)
    assert said is None or {PERIOD.is_over(at, now) for at in instants} == {said}


def test_of_a_day_far_from_the_bound_no_visit_is_read(now):
    day = begin(partitions.first_kept(now))
    for moved, is_over in ((-3, True), (-1, None), (1, False)):
        at = day + timedelta(days=moved)
        assert partitions.are_over(RowSpan(2, at, at + timedelta(hours=20)), now) is is_over
    assert partitions.are_over(NO_ROWS, now) is False


@pytest.mark.django_db
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([0, 0, -1, 1, 3_599, -3_600, 3_600]),
)
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 0)
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 0)
@example(datetime(2026, 9, 28, 0, 30, tzinfo=UTC), -1)
@example(datetime(2026, 8, 31, 21, 59, tzinfo=UTC), 0)
def test_sql_and_python_agree_on_a_table_without_a_model(at, seconds):
    now = PERIOD.after(at) + timedelta(seconds=seconds)
    sql, parameters = is_over_sql("at", PERIOD, now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM (SELECT %s::timestamptz AS at) AS one", [*parameters, at])
        assert cursor.fetchone()[0] == PERIOD.is_over(at, now)


# In the database ------------------------------------------------------------------------------------------------


def seen(at: datetime) -> Visit:
    number = uuid4().int >> 65
    return Visit.objects.create(
        at=at, number=number, visitor=uuid4(), has_cookie=True, path="/", language="en"
    )


def make_week(day: date) -> PartitionRange:
    """The week of ``day``, with a visit at each third hour and at its first and last instant."""
    week = PartitionRange.of(day, Granularity.WEEK)
    with roles.owner(), connection.cursor() as cursor:
        for partition in partitions.attached():
            cursor.execute(f"DROP TABLE {partition.name}")
    partitions.prepare([day], granularity=Granularity.WEEK)
    for number in range(0, 7 * 24, 3):
        seen(begin(week.first) + number * HOUR)
    seen(begin(week.end) - LAST)
    return week


def span_of(instants: list[datetime]) -> RowSpan:
    return RowSpan(len(instants), min(instants, default=None), max(instants, default=None))


def line_of(now: datetime) -> PurgeLine:
    return purge.run(now=now).lines.get(holding="privacy.visit")


def previewed(now: datetime) -> preview.RulePreview:
    return next(rule for rule in preview.with_kept(preview.by_rule(now=now)) if rule.holding.model is Visit)


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("is_counted", [True, False], ids=["counted", "not counted"])
@pytest.mark.parametrize("later", [timedelta(), HOUR, timedelta(days=3, hours=5), timedelta(days=30)])
@pytest.mark.parametrize(
    "day",
    [
        date(2026, 5, 13),
        date(2026, 8, 29),  # 29, 30 and 31 August all end on 28 February
        date(2028, 8, 30),  # and in a leap year on the 29th
        date(2029, 2, 28),  # the days of March end after those of August that February has not
        date(2026, 10, 25),  # the hour that comes twice
        date(2026, 10, 30),  # its last hour is 31 October in Paris, and ends on 30 April like itself
        date(2026, 9, 28),  # ends on 28 March, the night without two o'clock
    ],
)
def test_preview_and_certificate_tell_past_from_early_and_add_up_to_what_is_gone(day, later, is_counted):
    week = make_week(day)
    now = due_at(week) + later
    if is_counted:
        counting.count_finished(now=now)
    instants = sorted(Visit.objects.values_list("at", flat=True))
    expired = span_of([at for at in instants if PERIOD.is_over(at, now)])
    early = span_of([at for at in instants if not PERIOD.is_over(at, now)])
    assert set(Visit.objects.live(now).values_list("at", flat=True)) == {
        at for at in instants if not PERIOD.is_over(at, now)
    }
    said = previewed(now)
    assert (said.expired, said.early, said.kept, said.detached) == (expired, early, 0, 0)
    line = line_of(now)
    assert (line.expired, line.gone_early) == (expired, early)
    assert (line.count, line.oldest, line.newest) == (len(instants), instants[0], instants[-1])
    assert expired.count + early.count == len(instants) - Visit.objects.count() == len(instants)


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
def test_a_second_before_nothing_goes():
    week = make_week(date(2029, 2, 28))
    now = due_at(week) - timedelta(seconds=1)
    assert previewed(now).is_idle
    line = line_of(now)
    assert (line.count, line.expired, line.gone_early) == (0, NO_ROWS, NO_ROWS)


# Whoever is in it -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
def test_no_restriction_and_no_hold_keeps_a_visit_and_the_preview_shows_none_as_kept():
    now = due_at(make_week(date(2026, 5, 13)))
    restriction.restrict(Subject.of_email(ALICE), reason="She contests it", now=now)
    holds.place(email=ALICE, reason="A claim", review_on=date(2027, 1, 1), now=now)
    said = previewed(now)
    assert (said.count, said.kept) == (Visit.objects.count(), 0)
    line = line_of(now)
    assert (line.expired, line.gone_early) == (said.expired, said.early)
    assert (line.count, line.held, line.left) == (said.count, 0, 0)
    assert not Visit.objects.exists()
