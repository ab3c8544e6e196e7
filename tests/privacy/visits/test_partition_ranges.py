"""What one partition holds: whole days, each in one of them, whatever the setting is and was."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from privacy.datamap.periods import Period
from privacy.visits import ingestion, partitions, recording
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import DAY, Granularity, PartitionRange, begin, planned
from tests import certificates, roles

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("granularity", "first", "end", "name"),
    [
        ("day", date(2026, 11, 25), date(2026, 11, 26), "privacy_visit_20261125"),
        ("week", MONDAY, date(2026, 11, 30), "privacy_visit_20261123_20261130"),
        ("month", date(2026, 11, 1), date(2026, 12, 1), "privacy_visit_20261101_20261201"),
    ],
)
def test_a_day_its_week_and_its_month(granularity, first, end, name):
    partition = PartitionRange.of(date(2026, 11, 25), Granularity(granularity))
    assert (partition.first, partition.end, partition.name) == (first, end, name)
    assert PartitionRange.named(name) == partition
    assert (partition.days[0], partition.days[-1]) == (first, end - DAY)


@pytest.mark.parametrize(
    "name", ["privacy_visit", "privacy_visit_visitor", "privacy_visit_20261123_x", "other"]
)
def test_another_table_is_no_partition(name):
    assert PartitionRange.named(name) is None


days = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(Granularity), st.lists(days, max_size=5)), max_size=6))
def test_however_the_setting_changes_each_day_has_one_place(steps):
    standing: list[PartitionRange] = []
    for granularity, wanted in steps:
        standing += planned(wanted, standing, granularity)
        held = [day for partition in standing for day in partition.days]
        assert len(held) == len(set(held))
        assert set(wanted) <= set(held)


def test_new_ones_begin_where_those_that_stand_end():
    fortnight = [MONDAY + number * DAY for number in range(10)]
    made = planned(fortnight[:9], [], Granularity.DAY)
    assert planned(fortnight, made, Granularity.MONTH) == [
        PartitionRange(date(2026, 12, 2), date(2027, 1, 1))
    ]
    assert planned([date(2027, 1, 1)], made, Granularity.WEEK) == [
        PartitionRange(date(2026, 12, 28), date(2027, 1, 4))
    ]
    standing = [PartitionRange(date(2026, 12, 30), date(2027, 1, 9))]
    assert planned([date(2026, 12, 29)], standing, Granularity.WEEK) == [
        PartitionRange(date(2026, 12, 28), date(2026, 12, 30))
    ]


@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 3 * 86_400),
)
@example(datetime(2023, 4, 29, 22, 30, tzinfo=UTC), 86_400 - 7_000)
@example(datetime(2027, 2, 27, 23, 30, tzinfo=UTC), 86_400 - 7_000)
def test_whatever_comes_in_is_within_its_period(now, seconds):
    first = begin(partitions.first_kept(now))
    assert partitions.PERIOD.after(first + timedelta(seconds=seconds)) > now


def test_a_setting_that_means_nothing_stops_the_start():
    environment = {**os.environ, "VISIT_PARTITIONS": "fortnight"}
    command = [sys.executable, "-c", "import softnlabs.settings"]
    started = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False
    )
    assert b"VISIT_PARTITIONS is none of day, week, month" in started.stderr


# In the database ---------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_made(db):
    with roles.owner(), connection.cursor() as cursor:
        for partition in partitions.attached():
            cursor.execute(f"DROP TABLE {partition.name}")


def seen(at: datetime) -> Visit:
    return Visit.objects.create(
        at=at, number=uuid4().int >> 65, visitor=uuid4(), has_cookie=True, path="/", language="en"
    )


def test_a_running_site_whose_setting_changes_goes_on_without_gap_or_overlap(nothing_made, now, settings):
    expected = []
    for number, granularity in enumerate(("day", "month", "week", "day", "week", "month")):
        settings.VISIT_PARTITIONS = granularity
        moment = now + timedelta(days=11 * number)
        before = set(partitions.attached())
        recording.prepare_partitions(now=moment)
        assert before <= set(partitions.attached())
        seen(moment + partitions.AHEAD)
        expected.append(moment + partitions.AHEAD)
    held = partitions.attached_days()
    assert held == [held[0] + number * DAY for number in range(len(held))]
    assert sorted(Visit.objects.values_list("at", flat=True)) == expected


@pytest.mark.parametrize("granularity", list(Granularity))
def test_a_coarser_partition_goes_earlier_and_nothing_of_it_is_read_a_second_too_long(
    nothing_made, now, settings, granularity
):
    settings.VISIT_PARTITIONS = granularity
    recording.prepare_partitions(now=now)
    (partition,) = [
        partition for partition in partitions.attached() if partition.first <= now.date() < partition.end
    ]
    first, last = begin(partition.first), begin(partition.end) - timedelta(seconds=1)
    seen(first)
    seen(last)
    due = partitions.PERIOD.after(first)
    for at in (first, last):
        end = partitions.PERIOD.after(at)
        assert not Visit.objects.live(end).filter(at=at).exists()
        assert Visit.objects.live(end - timedelta(seconds=1)).filter(at=at).exists()
    gone: list[partitions.DroppedDays] = []
    certificates.drop(due - timedelta(seconds=1), gone.append)
    assert Visit.objects.count() == 2
    assert partitions.due_before(due - timedelta(seconds=1)) == partition.first
    assert partitions.due_before(due) == partition.end
    certificates.drop(due, gone.append)
    assert [each.days for each in gone][-1:] == [partition.days]
    assert not Visit.objects.exists()


def test_what_was_taken_off_and_not_dropped_yet_keeps_its_days(nothing_made, settings):
    partitions.prepare([MONDAY], granularity=Granularity.WEEK)
    (week,) = partitions.attached()
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE privacy_visit DETACH PARTITION {week.name}")
    assert partitions.prepare([MONDAY, week.end], granularity=Granularity.MONTH) == [week.end]
    assert partitions.attached() == [PartitionRange(week.end, date(2026, 12, 1))]


@pytest.mark.usefixtures("acting")
def test_a_late_visit_does_not_reopen_a_day_that_went_with_its_month(nothing_made, settings, monkeypatch):
    monkeypatch.setattr(ingestion, "WAITING", Period(days=400))
    settings.VISIT_PARTITIONS = "month"
    now = datetime(2026, 5, 15, 10, tzinfo=UTC)
    recording.prepare_partitions(now=now)
    seen(now)
    later = partitions.PERIOD.after(begin(date(2026, 5, 1)))
    certificates.drop(later, lambda gone: None)
    settings.VISIT_PARTITIONS = "day"
    columns = (now.isoformat(), 1, uuid4(), "t", "/", "", "en")
    recording.spool().append("\t".join(map(str, columns)).encode())
    assert partitions.first_kept(later) < now.date()
    assert recording.waiting_days(now=later) == set()
    recording.prepare_partitions(now=later)
    assert recording.drain(now=later) == 0
    assert recording.spool().segments() == []
    assert now.date() not in partitions.attached_days()
