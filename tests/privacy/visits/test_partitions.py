"""Days of visits go whole: counted once, whoever reads or crashes meanwhile."""

import contextlib
import os
import threading
import time
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest
from dateutil.relativedelta import relativedelta
from django.db import OperationalError, connection

from privacy.audit.models import AuditEntry
from privacy.datamap.purging import RowSpan
from privacy.datamap.registry import holding
from privacy.journal import entries
from privacy.promises import about_datamap, unknown_tables
from privacy.retention import preview, purge
from privacy.visits import counting, partitions, recording
from privacy.visits.counting_models import CountedDay, DailyTotal
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import Granularity, PartitionRange
from tests import certificates, roles
from tests.privacy.visits import spool_lines
from tests.privacy.visits.locks import reader, visit, wait_until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]


@pytest.fixture
def old(now):
    """A day that is just due, with three visits; and a visit of today."""
    day = partitions.first_kept(now) - timedelta(days=1)
    recording.prepare_partitions(now=now)
    partitions.prepare([day], granularity=Granularity.DAY)
    begin = partitions.begin(day)
    visit(begin, "/")
    visit(begin + timedelta(hours=3), "/")
    visit(begin + timedelta(hours=23), "/contact/", "search.example")
    visit(now, "/")
    return day


def take_off(day) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE privacy_visit DETACH PARTITION {PartitionRange.of(day).name}")


def totals() -> set[tuple]:
    return set(DailyTotal.objects.values_list("day", "path", "referrer", "visits"))


def expected(day) -> set[tuple]:
    return {(day, "*", "*", 3)}  # too few to be told apart: see test_trends


def test_a_day_goes_whole_and_leaves_its_totals(old, now):
    gone = []
    assert certificates.drop(now, gone.append) == []
    (day,) = gone
    begin = partitions.begin(old)
    assert day.days == [old]
    assert day.expired + day.early == RowSpan(3, begin, begin + timedelta(hours=23))
    assert old not in partitions.attached_days()
    assert totals() == expected(old)
    assert Visit.objects.get().at == now
    assert certificates.drop(now, gone.append) == []
    assert len(gone) == 1


def test_the_purge_certifies_the_days_it_drops(old, now):
    said = next(known for known in preview.by_rule(now=now) if known.holding.model is Visit)
    line = purge.run(now=now).lines.get(holding="privacy.visit")
    assert (line.count, line.left) == (said.count, 0) == (3, 0)
    assert (line.expired, line.gone_early) == (said.expired, said.early)
    assert RowSpan(line.count, line.oldest, line.newest) == said.expired + said.early
    assert AuditEntry.objects.get(action="privacy.purge.completed").detail["rows"] == 3


def test_the_purge_deletes_what_waits_too_long_in_the_spool_too(now):
    """A worker that was away for half a year leaves visits that no table ever held."""
    recording.prepare_partitions(now=now)
    spool_lines.wait(spool_lines.line(now - relativedelta(months=7)))
    recording.spool().close()
    (over,) = recording.spool().segments()
    spool_lines.wait(spool_lines.line(now))
    purge.run(now=now)
    assert not over.exists()
    assert recording.drain(now=now) == 1


def test_a_day_taken_off_is_counted_everywhere_and_no_unknown_table(old, now, monkeypatch):
    """Its visits wait where no query of theirs finds them: preview, promise and journal know all the same."""
    take_off(old)
    known = holding(Visit)
    (said,) = (rule for rule in preview.by_rule(now=now) if rule.holding == known)
    assert said.count == 3
    assert about_datamap._overdue(known, now) == 3
    assert unknown_tables.unknown()[0] == []
    noted: list[str] = []
    monkeypatch.setattr(entries, "note_purge", lambda label, **_facts: noted.append(label))
    assert purge.run(now=now).lines.get(holding=known.label).count == 3
    assert noted == [known.label]


def test_the_safeguard_knows_by_the_last_visit_that_the_site_ran(old, now):
    """Of the rows of the last weeks alone: the table is large, and an old visit says nothing."""
    visits, since = Visit.objects.all(), now - timedelta(days=1)
    method = holding(Visit).data.purged_by
    assert method.last_written(visits, since=since) == now
    assert method.last_written(visits.exclude(at=now), since=since) is None


def test_a_day_that_is_not_due_stays(old, now):
    gone = []
    before_it_is_due = partitions.PERIOD.after(partitions.begin(old)) - timedelta(seconds=1)
    certificates.drop(before_it_is_due, gone.append)
    assert gone == []
    assert Visit.objects.count() == 4


def test_a_reader_makes_the_purge_wait_and_nobody_else(old, now, monkeypatch):
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "300ms")
    gone = []
    with reader():
        assert certificates.drop(now, gone.append) == [PartitionRange.of(old)]
        assert PartitionRange.of(old) in partitions.attached()
        started = time.monotonic()
        visit(now, "/while-somebody-reads/")
        assert Visit.objects.live(now).count() == 3
        assert time.monotonic() - started < 0.3
        assert certificates.drop(now, gone.append) == [PartitionRange.of(old)]
    assert gone == []
    assert certificates.drop(now, gone.append) == []
    assert len(gone) == 1
    assert totals() == expected(old)


def test_what_waits_for_a_reader_is_left_on_the_certificate_and_on_the_next_one(old, now, monkeypatch):
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "200ms")
    with reader():
        first = purge.run(now=now).lines.get(holding="privacy.visit")
    second = purge.run(now=now + timedelta(seconds=1)).lines.get(holding="privacy.visit")
    assert (first.count, first.left) == (0, 3)
    assert (second.count, second.left) == (3, 0)


def test_behind_one_that_waits_for_a_reader_the_others_wait_too(old, now, monkeypatch):
    """PostgreSQL takes one after the other off a table."""
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "200ms")
    days, gone = some_days(old, 2), []
    with reader():
        for _hour in range(2):
            assert certificates.drop(now, gone.append) == list(map(PartitionRange.of, days))
    assert gone == []
    assert certificates.drop(now, gone.append) == []
    assert [some.days for some in gone] == [days]


def test_partitions_are_made_by_one_at_a_time(old, now, monkeypatch):
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "50ms")
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [partitions.ADVISORY_LOCK])
        with pytest.raises(OperationalError):
            recording.prepare_partitions(now=now + timedelta(days=30))
    assert recording.prepare_partitions(now=now + timedelta(days=30))


def some_days(old, count: int) -> list:
    days = [old - timedelta(days=number) for number in reversed(range(1, count + 1))]
    partitions.prepare(days, granularity=Granularity.DAY)
    for day in days:
        visit(partitions.begin(day), "/")
    return [*days, old]


def test_days_go_together_and_each_has_its_own_totals(old, now, monkeypatch):
    monkeypatch.setattr(partitions, "TOGETHER", 2)
    days, gone = some_days(old, 4), []
    assert certificates.drop(now, gone.append) == []
    assert [(some.days, some.count) for some in gone] == [(days[:2], 2), (days[2:4], 2), ([old], 3)]
    assert gone[0].expired.oldest == partitions.begin(days[0])
    assert totals() == {(day, "*", "*", 3 if day == old else 1) for day in days}
    assert not set(days) & set(partitions.attached_days())


def test_who_reads_one_day_keeps_back_that_day_alone(old, now, monkeypatch):
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "200ms")
    days, gone = some_days(old, 2), []
    for day in days:
        take_off(day)
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {PartitionRange.of(days[1]).name}")
        assert certificates.drop(now, gone.append) == [PartitionRange.of(days[1])]
    assert [some.days for some in gone] == [[days[0]], [old]]
    assert certificates.drop(now, gone.append) == []
    assert {day for day, *_rest in totals()} == set(days)


def test_a_day_taken_off_but_not_dropped_is_swept(old, now):
    take_off(old)
    assert partitions.detached() == [PartitionRange.of(old)]
    gone = []
    assert certificates.drop(now, gone.append) == []
    assert [day.count for day in gone] == [3]
    assert totals() == expected(old)
    assert partitions.detached() == []


def oldest() -> datetime | None:
    return min(filter(None, partitions.oldest_of_each()), default=None)


def test_the_oldest_visit_is_known_wherever_it_lies_and_alarms_when_it_stays(old, now):
    begin = partitions.begin(old)
    assert oldest() == begin
    take_off(old)
    assert oldest() == begin
    end = partitions.PERIOD.after(begin)
    assert not recording.is_late(begin, end + recording.LATEST - timedelta(seconds=1))
    assert recording.is_late(begin, end + recording.LATEST)
    certificates.drop(now, lambda gone: None)
    assert oldest() == now
    Visit.objects.all().delete()
    assert oldest() is None


def test_a_partition_that_a_purge_drops_just_then_is_passed_over(old, now, monkeypatch):
    """Who looks at the desk, or at the promises, while a purge is at work."""
    begin = partitions.begin(old)
    take_off(old)
    listed = [PartitionRange(old - timedelta(days=9), old - timedelta(days=8)), PartitionRange.of(old)]
    monkeypatch.setattr(partitions, "detached", lambda: listed)
    assert (partitions.detached_visits(), oldest()) == (3, begin)
    monkeypatch.undo()
    certificates.drop(now, lambda gone: None)


def test_a_crash_while_totals_are_counted_neither_doubles_nor_loses_them(old, now):
    def crash(gone: partitions.DroppedDays) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        certificates.drop(now, crash)
    assert totals() == set()
    assert partitions.detached() == [PartitionRange.of(old)]
    gone = []
    certificates.drop(now, gone.append)
    assert [day.count for day in gone] == [3]
    assert totals() == expected(old)


def test_visits_of_a_day_that_is_gone_do_not_come_back(old, now):
    certificates.drop(now, lambda gone: None)
    late = partitions.begin(old) + timedelta(hours=23)
    columns = (late.isoformat(), 1, uuid4(), r"\N", "/", "", "en")
    recording.spool().append("\t".join(map(str, columns)).encode())
    assert recording.drain(now=now) == 0
    assert recording.sweep(now=now) == 1
    assert recording.spool().segments() == []
    assert totals() == expected(old)


def test_a_waiting_piece_past_its_period_is_swept_from_the_disk(now, tmp_path):
    recording.spool().append(b"nonsense")
    with recording.spool().claim_finished() as (segment,):
        old = (now - timedelta(days=190)).timestamp()
        os.utime(segment, (old, old))
    assert recording.sweep(now=now) == 1
    assert recording.sweep(now=now) == 0
    assert not segment.exists()


def test_while_a_day_is_counted_nothing_comes_in_and_what_was_coming_in_is_counted(old, now):
    """A drain that has begun is waited for; so a mark never stands over fewer visits than there are."""
    day, counted = now.date() - timedelta(days=1), []
    counter = threading.Thread(
        target=lambda: (counted.extend(counting.count_finished(now=now)), connection.close())
    )
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as drain:
        with drain.cursor() as cursor:
            cursor.execute("DELETE FROM privacy_countedday WHERE day = %s", [day])
            cursor.execute(
                "INSERT INTO privacy_visit VALUES (%s, 1, gen_random_uuid(), '/', '', 'en', true)",
                [partitions.begin(day)],
            )
        counter.start()
        wait_until_somebody_waits()
        drain.commit()
    counter.join()
    assert day in counted
    assert CountedDay.objects.get(day=day).visits == 1


def lose_the_connection() -> None:
    end = "SELECT pg_terminate_backend(%s, 5000)"
    with (
        contextlib.closing(psycopg2.connect(os.environ[roles.ADMINISTRATOR_URL])) as other,
        other.cursor() as cursor,
    ):
        cursor.execute(end, [connection.connection.info.backend_pid])
    raise ConnectionError


def test_of_a_connection_that_is_lost_the_first_error_is_heard(db):
    with pytest.raises(ConnectionError), partitions._lock_timeout_set():
        lose_the_connection()
    connection.close()
