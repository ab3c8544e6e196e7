"""From the spool into the table: each visit once, whatever happens in between."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from privacy.datamap.periods import Period
from privacy.visits import ingestion, own_visits, partitions, recording
from privacy.visits.counting_models import PERIOD, DrainedSegment, RecordingObjection
from privacy.visits.models import Visit
from tests.privacy.visits.spool_lines import line, wait

pytestmark = pytest.mark.django_db
SOMEBODY = b"3c523fb1-41fb-48fc-8198-9b0158aed0b6"


@pytest.fixture(autouse=True)
def _days(db, now) -> None:
    recording.prepare_partitions(now=now)


def test_what_waits_comes_into_the_table(now):
    visitor = uuid4()
    wait(line(now, visitor, "/contact/"), line(now + timedelta(seconds=1)))
    assert recording.drain(now=now) == 2
    visit = Visit.objects.get(visitor=visitor)
    assert (visit.at, visit.has_cookie, visit.path, visit.referrer, visit.language) == (
        now, True, "/contact/", "", "en",
    )  # fmt: skip
    assert recording.spool().segments() == []
    assert recording.drain(now=now) == 0


def test_a_page_served_is_a_row_with_all_that_was_said(client, now):
    client.get("/fr/", headers={"referer": "https://search.example/"}, REMOTE_ADDR="2001:db8::7")
    moment = datetime.now(UTC)
    recording.prepare_partitions(now=moment)
    assert recording.drain(now=moment) == 1
    visit = Visit.objects.get()
    assert (visit.path, visit.referrer, visit.language) == ("/fr/", "search.example", "fr")
    assert "2001:db8" not in str(Visit.objects.values_list().get())
    number = UUID(client.cookies["visitor"].value)
    assert own_visits.of_browser(number, now=moment).get() == visit


def test_lines_of_before_december_2026_lose_their_address_and_nothing_else(now):
    """An upgrade finds them in the spool, among new ones: seven columns, with the address in the fourth."""
    alice, bob = uuid4(), uuid4()
    old = [
        "\t".join((now.isoformat(), str(number), str(alice), address, path, "search.example", "fr")).encode()
        for number, (address, path) in enumerate(
            [("192.0.2.1", "/"), ("2001:db8::7", "/careers/"), (r"\N", "/a\\tb/")]
        )
    ]
    cut = b"%s\t9\t%s\t192.0.2.1\t/" % (now.isoformat().encode(), str(bob).encode())
    strange = cut.replace(now.isoformat().encode(), b"9999-01-01T10:00:00+00:00")
    wait(line(now, bob, "/contact/"), *old, cut, strange)
    assert recording.drain(now=now) == 4
    theirs = Visit.objects.filter(visitor=alice).order_by("number")
    assert list(theirs.values_list("path", "referrer", "language", "has_cookie")) == [
        (path, "search.example", "fr", False) for path in ("/", "/careers/", "/a\tb/")
    ]
    assert Visit.objects.get(visitor=bob).has_cookie
    (aside,) = recording.spool().aside.glob("segment-*")
    assert b"192.0.2.1" not in aside.read_bytes()
    assert aside.read_bytes().count(str(bob).encode()) == 2


@pytest.mark.parametrize(
    "path", ["/a\\b", "/a\tb\nc\rd", "/nul\0", "/é/日本", "/\\.", "/\\N", "/\ud800", "/" + "x" * 999]
)
def test_strange_signs_in_an_address_survive(path, now):
    request, response = RequestFactory().get("/"), HttpResponse("page")
    request.path_info, request.resolver_match = path, None
    recording.record(request, response, visitor=uuid4(), now=now)
    assert recording.drain(now=now) == 1
    assert Visit.objects.get().path == path[:300].replace("\0", " ").replace("\ud800", "?")


def test_a_piece_is_taken_in_once_even_when_its_file_comes_back(now):
    """A worker killed between commit and unlink leaves the file beside its name in the table."""
    wait(line(now), b"nonsense")
    recording.spool()._segment.write(b"\n2026-11-23T10")
    with recording.spool().claim_finished() as (segment,):
        content = segment.read_bytes()
        assert ingestion.ingest(recording.spool(), segment, now=now) == 1
        segment.write_bytes(content)
        assert ingestion.ingest(recording.spool(), segment, now=now) == 0
    assert not segment.exists()
    assert Visit.objects.count() == 1
    (aside,) = recording.spool().aside.iterdir()
    assert aside.read_bytes() == b"nonsense\n2026-11-23T10\n"


def test_a_piece_whose_name_is_forgotten_is_refused_by_the_numbers_of_its_lines(now):
    """Somebody restored the folder of the spool: nothing is doubled, and what is new in it comes in."""
    wait(line(now), line(now))
    (segment,) = recording.spool().segments()
    content = segment.read_bytes()
    assert recording.drain(now=now) == 2
    assert not DrainedSegment.objects.exists()
    segment.write_bytes(content + b"\n%b\n" % line(now, path="/new/"))
    assert recording.drain(now=now) == 1
    assert Visit.objects.count() == 3
    (aside,) = recording.spool().aside.glob("segment-*")
    assert len(aside.read_bytes().splitlines()) == 2


def test_the_names_of_pieces_do_not_pile_up(now):
    other = DrainedSegment.objects.create(name="segment-of-another-machine")
    wait(line(now))
    recording.drain(now=now)
    assert list(DrainedSegment.objects.all()) == [other]


def test_a_failed_piece_comes_in_later_whole(now, monkeypatch):
    wait(line(now), line(now))

    def fail(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(ingestion, "load", fail)
    with pytest.raises(OperationalError):
        recording.drain(now=now)
    monkeypatch.undo()
    assert not DrainedSegment.objects.exists()
    assert recording.drain(now=now) == 2


def test_a_file_is_deleted_once_its_visits_are_on_the_disk_whatever_the_server_is_used_to(now, monkeypatch):
    wait(line(now))
    (segment,) = recording.spool().segments()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    seen = []

    def look(*arguments: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            seen.append((cursor.fetchone()[0], segment.exists()))
        return load(*arguments)

    load = ingestion.load
    monkeypatch.setattr(ingestion, "load", look)
    assert recording.drain(now=now) == 1
    assert seen == [("on", True)]
    assert not segment.exists()


@pytest.mark.parametrize(
    "broken",
    [
        b"nonsense",
        b"\\.",
        b"2026-11-23",
        b"2026-11-23T10:00:00+00:00\t1\tnot-a-uuid\tt\t/\t\ten",
        b"2026-11-23T10:00:00+00:00\t1\t%s\tt\t/%s\t\ten" % (SOMEBODY, b"x" * 400),
        b"2026-11-23T10:00:00+00:00\t1\t%s\tt\t/\xff\xfe\t\ten" % SOMEBODY,
        b"2026-11-23T10:00:00+00:00\t1\t%s\tt\t/\t\ten\tmore" % SOMEBODY,
        b"9999-01-01T10:00:00+00:00\t1\t%s\tt\t/\t\ten" % SOMEBODY,
    ],
)
def test_a_line_that_cannot_be_read_is_set_aside_and_holds_up_nothing(now, broken):
    wait(line(now), broken, line(now))
    assert recording.drain(now=now) == 2
    assert Visit.objects.count() == 2
    (aside,) = recording.spool().aside.glob("segment-*")
    assert aside.read_bytes() == broken + b"\n"


def test_what_waited_for_more_than_seven_whole_days_does_not_come_in(now):
    first = now.replace(hour=0) - timedelta(days=7)
    wait(line(first - timedelta(seconds=1)), line(first), line(now))
    assert recording.waiting_days(now=now) == {first.date(), now.date()}
    assert recording.drain(now=now) == 2
    assert Visit.objects.filter(at=first).exists()
    recording.spool().close()
    wait(line(first - timedelta(seconds=1)))
    assert recording.drain(now=now) == 0
    assert len(recording.spool().segments()) == 1  # left to the purge, which looks whether the clock is right
    assert recording.sweep(now=now) == 1


def test_what_is_past_its_period_does_not_come_in(now):
    long_ago = now - relativedelta(months=6, days=3)
    partitions.prepare([long_ago.date()])  # a purge that is late left its place
    wait(line(long_ago), line(now), line(long_ago - timedelta(days=30)))
    assert recording.drain(now=now) == 1
    assert Visit.objects.get().at == now
    assert not recording.spool().aside.exists()


@pytest.mark.parametrize(("days", "loaded"), [(14, 2), (15, 1)])
def test_what_is_said_to_come_from_a_day_beyond_those_that_are_made_is_set_aside(now, days, loaded):
    """Some clock was ahead; how far it may be is how far ahead partitions stand."""
    wait(line(now + timedelta(days=days)), line(now))
    assert recording.drain(now=now) == loaded
    assert len(recording.spool().files_set_aside()) == 2 - loaded


def test_what_waits_of_a_browser_that_objected_does_not_come_in(now):
    objecting, other = uuid4(), uuid4()
    wait(line(now, objecting), line(now, other))
    recording.stop_recording(objecting, now=now)
    recording.stop_recording(objecting, now=now)
    assert recording.drain(now=now) == 1
    assert Visit.objects.get().visitor == other
    assert RecordingObjection.objects.count() == 1


def test_a_line_cut_short_is_set_aside(now):
    wait(line(now))
    recording.spool()._segment.write(b"\n2026-11-23T10")
    wait(line(now))
    assert recording.drain(now=now) == 2
    (aside,) = recording.spool().aside.glob("segment-*")
    assert aside.read_bytes() == b"2026-11-23T10\n"


def test_visits_wait_for_a_missing_partition_and_come_in_when_it_is_made(now, monkeypatch):
    monkeypatch.setattr(ingestion, "WAITING", Period(days=30))
    late = now - timedelta(days=12)
    wait(line(late), line(now))
    assert recording.drain(now=now) == 0
    assert len(recording.spool().segments()) == 1
    wait(line(now))
    assert recording.drain(now=now) == 1
    assert recording.prepare_partitions(now=now) == [late.date()]
    assert recording.drain(now=now) == 2


def test_partitions_stand_from_yesterday_to_two_weeks_ahead(now, settings):
    settings.VISIT_PARTITIONS = "day"
    later = now + timedelta(days=400)
    days = [later.date() + timedelta(days=number) for number in range(-1, 15)]
    assert recording.prepare_partitions(now=later) == days


def test_partitions_stand_two_weeks_ahead_and_are_made_once(now):
    later = now + timedelta(days=40)
    made = recording.prepare_partitions(now=later)
    assert made[0] <= later.date() - timedelta(days=1)
    assert made[-1] >= later.date() + timedelta(days=14)
    assert recording.prepare_partitions(now=later) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_partitioned_table WHERE partdefid <> 0")
        assert cursor.fetchone() == (0,)


def place_of(at: datetime) -> str:
    """The name of the table that visits of this instant go to."""
    return next(partition.name for partition in partitions.attached() if at.date() in partition.days)


def test_each_partition_has_the_keys_of_the_table(now):
    def definitions(table: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY 1", [table])
            return [row[0].partition(" USING ")[2] for row in cursor.fetchall()]

    assert sorted(definitions("privacy_visit")) == sorted(definitions(place_of(now)))
    assert len(definitions("privacy_visit")) == 2


def test_the_planner_finds_a_browser_by_its_index(now):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_visit (at, number, visitor, has_cookie, path, referrer, language)"
            " SELECT %s + i * interval '1 second', i, gen_random_uuid(), true, '/', '', 'en'"
            " FROM generate_series(1, 20000) i",
            [now],
        )
        cursor.execute("ANALYZE privacy_visit")
    recent = Visit.objects.live(now).filter(at__gt=now - timedelta(days=1), at__lt=now + timedelta(days=1))
    plan = recent.filter(visitor__in=[uuid4()]).explain()
    assert "visitor" in plan
    assert "Index" in plan
    later = Visit.objects.filter(at__gt=now + timedelta(days=8), at__lt=now + timedelta(days=9)).explain()
    assert place_of(now) not in later
    assert place_of(now + timedelta(days=8)) in later


def test_a_browser_is_looked_up_in_the_days_that_count_alone(now):
    recording.prepare_partitions(now=now - relativedelta(months=7))
    plan = own_visits.of_browser(uuid4(), now=now).explain()
    assert place_of(now) in plan
    assert place_of(now - relativedelta(months=7)) not in plan


def test_nothing_is_readable_one_second_past_six_months(now):
    Visit.objects.create(at=now, number=1, visitor=uuid4(), has_cookie=True, path="/", language="en")
    end = PERIOD.after(now)
    assert Visit.objects.live(end - timedelta(seconds=1)).exists()
    assert not Visit.objects.live(end).exists()
    assert Visit.objects.due(end).exists()


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 5, 23), datetime(2026, 11, 23, 1, tzinfo=UTC)),  # 00:00 UTC is 02:00 in summer
        (date(2026, 11, 23), datetime(2027, 5, 22, 23, tzinfo=UTC)),
        (date(2026, 8, 31), datetime(2027, 2, 28, 1, tzinfo=UTC)),
        (date(2027, 8, 31), datetime(2028, 2, 29, 1, tzinfo=UTC)),
        (date(2026, 8, 27), datetime(2027, 2, 27, 1, tzinfo=UTC)),
        (date(2026, 8, 28), datetime(2027, 2, 27, 23, tzinfo=UTC)),  # at 22:00 UTC it is the 29th in Paris
        (date(2026, 10, 30), datetime(2027, 4, 29, 22, tzinfo=UTC)),
        (date(2026, 12, 30), datetime(2027, 6, 29, 22, tzinfo=UTC)),
    ],
)
def test_a_day_is_due_when_the_first_of_its_visits_is(day, end):
    assert not partitions.is_due(day, end - timedelta(seconds=1))
    assert partitions.is_due(day, end)
    assert partitions.first_kept(end) > day >= partitions.first_kept(end - timedelta(seconds=1))
