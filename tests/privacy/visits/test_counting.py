"""Days that are counted early, and again whenever that is wrong."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privacy.datamap.purging import RowSpan
from privacy.visits import counting, daily_totals, partitions, recording, trends
from privacy.visits.counting_models import CountedDay, DailyTotal
from privacy.visits.models import Visit
from tests import certificates
from tests.visit_factories import make_visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(now) -> date:
    recording.prepare_partitions(now=now)
    return now.date()


@pytest.fixture
def yesterday(day, now) -> date:
    """A day that is over, with a crowd; and counted."""
    make_visits(now - timedelta(days=1), "/", browsers=6)
    assert counting.count_finished(now=now) == [
        before for before in partitions.attached_days() if before < day
    ]
    assert views(now) == 6
    return day - timedelta(days=1)


def views(now: datetime) -> int:
    """How many page views the trends show; and that the day that is over shows the same when it is counted anew."""
    shown = trends.trends(days=30, now=now).visits
    counting.count_finished(now=now)
    assert trends.trends(days=30, now=now).visits == shown
    return shown


def counted(day: date) -> bool:
    return not daily_totals.uncounted([day])


def test_a_day_is_counted_soon_after_it_ended_and_once(day, now):
    end = partitions.begin(day + timedelta(days=1))
    assert day not in counting.count_finished(now=end + counting.SETTLES - timedelta(seconds=1))
    assert counting.count_finished(now=end + counting.SETTLES) == [day]
    assert counting.count_finished(now=end + counting.SETTLES) == []
    assert CountedDay.objects.get(day=day).visits == 0


def test_the_purge_finds_the_totals_and_counts_nothing(yesterday, now, monkeypatch):
    """Neither does it read a single visit: what they were stands in the marks."""
    later = partitions.PERIOD.after(partitions.begin(yesterday))
    counting.count_finished(now=later)
    monkeypatch.setattr(daily_totals, "store", None)
    gone: list[partitions.DroppedDays] = []
    with CaptureQueriesContext(connection) as asked:
        certificates.drop(later, gone.append)
    assert not [query["sql"] for query in asked if "count(*)" in query["sql"] or "SELECT at" in query["sql"]]
    at = now - timedelta(days=1)
    assert [each.expired + each.early for each in gone if each.count] == [RowSpan(6, at, at)]
    mark = CountedDay.objects.get(day=yesterday)
    assert (mark.visits, mark.oldest, mark.newest, mark.is_gone) == (6, None, None, True)
    assert DailyTotal.objects.get().visits == 6


def test_visits_that_come_late_are_counted_with_the_others(yesterday, now, monkeypatch):
    for number in range(3):
        columns = (partitions.begin(yesterday).isoformat(), number, uuid4(), "t", "/", "", "en")
        recording.spool().append("\t".join(map(str, columns)).encode())
    assert recording.drain(now=now) == 3
    assert not counted(yesterday)
    assert views(now) == 9
    assert CountedDay.objects.get(day=yesterday).visits == 9
    certificates.drop(partitions.PERIOD.after(partitions.begin(yesterday)), lambda gone: None)
    assert DailyTotal.objects.get().visits == 9


def test_what_came_too_late_to_be_counted_early_is_counted_by_the_purge(yesterday, now):
    make_visits(now - timedelta(days=1), "/", browsers=5)
    daily_totals.recount([yesterday])
    later, gone = partitions.PERIOD.after(partitions.begin(yesterday)), []
    certificates.drop(later, gone.append)
    assert sum(each.count for each in gone) == 11
    assert DailyTotal.objects.get().visits == 11


def test_who_objected_is_not_counted_not_even_on_days_that_were(yesterday, now):
    seen = Visit.objects.filter(at__lt=partitions.begin(yesterday + timedelta(days=1))).first()
    assert seen is not None
    visitor = seen.visitor  # from today on they are there again
    recording.stop_recording(visitor, now=now)
    assert not counted(yesterday)
    assert views(now) == 5
    assert CountedDay.objects.get(day=yesterday).visits == 5
    assert not Visit.objects.filter(visitor=visitor).exists()


def test_with_one_less_a_crowd_may_be_none(day, now):
    make_visits(now, "/careers/", browsers=5)
    assert [bar.name for bar in trends.trends(days=30, now=now).pages] == ["/careers/"]
    recording.stop_recording(Visit.objects.first().visitor, now=now)
    assert [(bar.name, bar.visits) for bar in trends.trends(days=30, now=now).pages] == [("*", 4)]


def test_a_day_whose_visits_are_gone_is_never_counted_again(yesterday, now):
    certificates.drop(partitions.PERIOD.after(partitions.begin(yesterday)), lambda gone: None)
    daily_totals.recount([yesterday])
    assert counted(yesterday)
    assert daily_totals.closed_days([yesterday]) == {yesterday}
