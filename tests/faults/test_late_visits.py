"""Visits that come in late, while their days are counted or taken off, or while their person is erased."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg2
import pytest
from django.db import connection

from privacy.audit import trail
from privacy.datamap.periods import Period
from privacy.visits import counting, daily_totals, ingestion, partitions, recording
from privacy.visits.counting_models import CountedDay, DailyTotal, RecordingObjection
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import Granularity, PartitionRange
from privacy.visits.partitions import DroppedDays
from tests import certificates, roles
from tests.privacy.visits.locks import reader, visit, wait_until_somebody_waits
from tests.privacy.visits.spool_lines import line, wait

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]


@pytest.fixture
def late(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """An instant that is not due, in a week that is, because its Monday is; six came that day.

    Lines as old as that come in, though in use they would have waited for too long.
    """
    monkeypatch.setattr(ingestion, "WAITING", Period(days=400))
    day = partitions.first_kept(now)
    assert day.weekday() == 6
    with roles.owner(), connection.cursor() as cursor:
        for span in partitions.attached():  # of other tests, which may hold a part of that week
            cursor.execute(f"DROP TABLE {span.name}")
    recording.prepare_partitions(now=now)
    partitions.prepare([day], granularity=Granularity.WEEK)
    at = partitions.begin(day) + timedelta(hours=3)
    for _browser in range(6):
        visit(at, "/")
    counting.count_finished(now=now)
    yield at
    purge(now)


def week(late: datetime) -> PartitionRange:
    return PartitionRange.of(late.date(), Granularity.WEEK)


def detach(span: PartitionRange) -> None:
    """As the purge did it until December 2026, over a connection of its own: in two steps, waiting for nobody."""
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            cursor.execute(f"SET ROLE {roles.OWNER}")
            cursor.execute("SET lock_timeout = '200ms'")
            with contextlib.suppress(psycopg2.errors.LockNotAvailable):
                cursor.execute(f"ALTER TABLE privacy_visit DETACH PARTITION {span.name} CONCURRENTLY")


def before(monkeypatch: pytest.MonkeyPatch, module: object, name: str, action: Callable[[], object]) -> None:
    """Let ``action`` happen just before the next call of a function."""
    function = getattr(module, name)

    def called(*arguments: object, **facts: object) -> object:
        monkeypatch.setattr(module, name, function)
        action()
        return function(*arguments, **facts)

    monkeypatch.setattr(module, name, called)


def purge(now: datetime) -> list[DroppedDays]:
    gone: list[DroppedDays] = []
    certificates.drop(now, gone.append)
    return [each for each in gone if each.count]


def counted(late: datetime) -> int:
    rows = DailyTotal.objects.filter(day=late.date()).values_list("visits", flat=True)
    return sum(rows)


@pytest.mark.parametrize("is_read", [True, False])
def test_a_late_visit_whose_week_is_taken_off_just_then_waits_and_is_not_called_unreadable(
    late, now, monkeypatch, is_read
):
    wait(line(late))
    before(monkeypatch, ingestion, "load", lambda: detach(week(late)))
    with reader() if is_read else contextlib.nullcontext():
        assert recording.drain(now=now) == 0
        assert partitions.half_detached() + partitions.detached() == [week(late)]
        assert len(recording.spool().segments()) == 1
        assert recording.prepare_partitions(now=now) == []
    assert not recording.spool().aside.exists()
    purge(now)
    assert recording.drain(now=now) == 0
    assert recording.spool().segments() == []
    assert not recording.spool().aside.exists()
    assert counted(late) == 6


def test_a_late_visit_that_is_coming_in_is_waited_for_and_counted(late, now, monkeypatch):
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT", "200ms")
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as drain:
        with drain.cursor() as cursor:
            cursor.execute("DELETE FROM privacy_countedday WHERE day = %s", [late.date()])
            cursor.execute(
                "INSERT INTO privacy_visit VALUES (%s, 1, gen_random_uuid(), '/', '', 'en', true)", [late]
            )
        assert purge(now) == []
        assert week(late) in partitions.attached()
        drain.commit()
    assert [each.count for each in purge(now)] == [7]
    assert counted(late) == 7


@pytest.mark.parametrize("is_read", [True, False])
def test_a_day_that_is_taken_off_while_it_is_counted_keeps_its_totals(late, now, monkeypatch, is_read):
    """Counting and purging are woken at the same moment of the hour; an objection may just have asked for both."""
    daily_totals.recount([late.date()])
    before(monkeypatch, daily_totals, "store", lambda: detach(week(late)))
    with reader() if is_read else contextlib.nullcontext():
        assert counting.count_finished(now=now) == []
    assert not CountedDay.objects.filter(day=late.date()).exists()
    assert [each.count for each in purge(now)] == [6]
    assert counted(late) == 6


def test_who_objects_while_visits_of_theirs_come_in_has_these_deleted_too(late, now, monkeypatch):
    gone, stays = uuid4(), uuid4()
    wait(line(now, gone), line(now, stays))
    objector = threading.Thread(target=lambda: (object_to(gone, now), connection.close()))
    objecting = ingestion._objecting

    def looked_up(lines: list[bytes]) -> list[str]:
        found = objecting(lines)
        objector.start()
        wait_until_somebody_waits()
        return found

    monkeypatch.setattr(ingestion, "_objecting", looked_up)
    assert recording.drain(now=now) == 2
    objector.join()
    assert set(Visit.objects.filter(at=now).values_list("visitor", flat=True)) == {stays}
    assert RecordingObjection.objects.filter(visitor=gone).exists()


def test_while_somebody_objects_a_piece_waits_and_nobody_waits_for_it(late, now, monkeypatch, caplog):
    monkeypatch.setattr(ingestion, "LOCK_TIMEOUT", "50ms")
    wait(line(now))
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as objecting:
        with objecting.cursor() as cursor:
            cursor.execute("INSERT INTO privacy_recordingobjection VALUES (%s, %s)", [str(uuid4()), now])
        assert recording.drain(now=now) == 0
        assert "visits wait: somebody objects" in caplog.text
        recording.opt_out([uuid4()], now=now)
    assert recording.drain(now=now) == 1


def object_to(visitor: UUID, now: datetime) -> None:
    with trail.acting("system", "test"):
        recording.stop_recording(visitor, now=now)
