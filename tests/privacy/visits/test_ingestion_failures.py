"""What stands in the way of taking visits in (a full disk, odd files, a wrong clock) holds up and loses nothing."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privacy.promises import about_retention
from privacy.promises.checking import CheckRun
from privacy.visits import ingestion, partitions, recording
from privacy.visits.counting_models import PERIOD, WAITING, DrainedSegment
from privacy.visits.models import Visit
from tests.privacy.visits.spool_lines import line, wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _days(db, now) -> None:
    recording.prepare_partitions(now=now)


def test_a_piece_that_the_disk_has_no_room_for_does_not_hold_up_the_others(now, caplog):
    """A full disk tears lines, and has no room to set them aside: what is whole comes in, and makes room."""
    recording.spool().folder.mkdir()
    recording.spool().aside.write_text("no folder, so that nothing can be set aside")
    wait(line(now), b"torn")
    recording.spool().close()
    wait(line(now))
    assert recording.drain(now=now) == 1
    assert "visits wait" in caplog.text
    assert not DrainedSegment.objects.exists()
    recording.spool().aside.unlink()
    assert recording.drain(now=now) == 1
    assert recording.spool().segments() == []


def test_what_is_no_piece_of_ours_holds_up_nothing(now, tmp_path):
    """Whatever lies in the folder under such a name: a link to a file that is not ours is not read, either."""
    folder = recording.spool().folder
    (folder / "segment-a-folder").mkdir(parents=True)
    (tmp_path / "elsewhere").write_bytes(b"\n%b\n" % line(now))
    (folder / "segment-a-link").symlink_to(tmp_path / "elsewhere")
    (folder / "segment-a-dead-link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "segment-a-pipe")
    wait(line(now))
    assert recording.prepare_partitions(now=now) == []
    assert recording.drain(now=now) == 1
    assert recording.sweep(now=now + timedelta(days=999)) == 0
    assert (tmp_path / "elsewhere").exists()


def test_what_is_set_aside_is_as_old_as_its_piece(now):
    """What waited for five days while PostgreSQL was away does not stay for seven days more."""
    wait(b"nonsense")
    (segment,) = recording.spool().segments()
    long_ago = (now - timedelta(days=5)).timestamp()
    os.utime(segment, (long_ago, long_ago))
    recording.drain(now=now)
    assert recording.sweep(now=now + timedelta(days=1)) == 0
    assert recording.sweep(now=now + timedelta(days=3)) == 1
    wait(b"nonsense")
    (segment,) = recording.spool().segments()
    ahead = (now + relativedelta(years=10)).timestamp()
    os.utime(segment, (ahead, ahead))
    recording.drain(now=now)
    assert recording.sweep(now=now + relativedelta(months=8)) == 1


def test_a_clock_that_is_ahead_for_a_while_destroys_nothing_that_waits(now):
    """Only the purge, which looks whether the clock is plausible, deletes what is past its period."""
    wait(line(now), line(now))
    assert recording.drain(now=now + relativedelta(years=10)) == 0
    assert recording.drain(now=now) == 2
    wait(line(now))
    (segment,) = recording.spool().segments()
    assert recording.sweep(now=WAITING.after(now) - timedelta(days=1)) == 0
    assert recording.sweep(now=WAITING.after(now) + timedelta(days=1)) == 1
    assert not segment.exists()
    recording.spool().close()
    restored = line(now - relativedelta(months=7))  # under a new date, as a copy of the folder would be
    wait(restored)
    recording.spool().close()
    wait(restored, line(now))
    assert recording.drain(now=now) == 1
    assert recording.sweep(now=now) == 1
    assert recording.spool().segments() == []


def test_no_address_is_left_in_what_was_set_aside_before_december_2026(now):
    old = line(now).replace(b"\tt\t", b"\t192.0.2.1\t") + b"\tone column too many"
    path = recording.spool().folder / "aside" / "segment-a"
    path.parent.mkdir(parents=True)
    path.write_bytes(old + b"\n2026-11-23T10")
    os.utime(path, (now.timestamp(), now.timestamp()))
    recording.sweep(now=now)
    assert path.read_bytes() == old.replace(b"192.0.2.1", b"f") + b"\n2026-11-23T10\n"


def test_lines_of_who_objected_or_was_erased_are_removed_from_files_set_aside(now):
    gone, stays = uuid4(), uuid4()
    wait(*(line(now, who) + b"\tone column too many" for who in (gone, stays, gone)))
    recording.spool().close()
    wait(line(now, gone) + b"\tone column too many")
    recording.drain(now=now)
    assert len(recording.spool().files_set_aside()) == 2
    before = recording.spool().files_set_aside()[0].stat().st_mtime_ns
    assert recording.sweep(now=now) == 0
    assert len(recording.spool().files_set_aside()) == 2
    recording.opt_out([gone], now=now)
    assert recording.sweep(now=now) == 0
    (left,) = recording.spool().files_set_aside()
    assert [said.split(b"\t")[2] for said in left.read_bytes().splitlines()] == [str(stays).encode()]
    assert left.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "name", ["segment-a", ".segment-a", "aside/segment-a", "aside/.segment-a", "current"]
)
def test_whatever_file_of_the_spool_is_past_its_period_is_swept(now, name):
    """A kill may have left one that had not got its name yet."""
    path = recording.spool().folder / name
    path.parent.mkdir(parents=True)
    path.write_bytes(line(now))
    for at, swept in (
        (WAITING.after(now) - timedelta(days=13), 0),
        (WAITING.after(now) - timedelta(days=14), 1),
    ):
        os.utime(path, (at.timestamp(), at.timestamp()))
        assert recording.sweep(now=now) == swept
    assert not path.exists()


def test_a_file_that_cannot_be_deleted_is_known_by_its_name_until_it_is(now, monkeypatch, caplog):
    wait(line(now))

    def refuse(*_arguments: object, **_facts: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as read_only:
        read_only.setattr(Path, "unlink", refuse)
        recording.drain(now=now)
    (segment,) = recording.spool().segments()
    assert DrainedSegment.objects.get().name == segment.name
    assert "visits wait: Read-only file system" in caplog.text
    assert recording.drain(now=now) == 0
    assert recording.spool().segments() == recording.spool().files_set_aside() == []
    assert Visit.objects.count() == 1
    assert not DrainedSegment.objects.exists()


def test_many_who_object_do_not_make_each_piece_dearer(now, monkeypatch):
    """Each piece asks for its own browsers alone; a hundred thousand objections made one cost seconds."""
    monkeypatch.setattr(ingestion, "FEW", 2)
    mine, other = uuid4(), uuid4()
    for objecting in (mine, uuid4(), uuid4()):
        recording.opt_out([objecting], now=now)
    wait(line(now, mine), line(now, other), b"nonsense")
    recording.spool().close()
    wait(line(now, other))
    with CaptureQueriesContext(connection) as asked:
        assert recording.drain(now=now) == 2
    (copied, last) = [query["sql"] for query in asked if query["sql"].startswith("\nSELECT visitor")]
    assert str(mine) in copied
    assert str(mine) not in last
    assert set(Visit.objects.values_list("visitor", flat=True)) == {other}
    assert ingestion._objecting([line(now, mine), line(now, other)]) == [str(mine)]


def test_a_spool_that_cannot_be_looked_through_holds_up_no_purge(now, caplog):
    """No other record would be purged any more, since visits are not the last; that places are made goes on as well."""
    recording.spool().folder.write_text("a file in the way")
    assert recording.sweep(now=now) == 0
    assert "the spool cannot be swept: Not a directory" in caplog.text
    with pytest.raises(NotADirectoryError):  # the promise that no visit waits for a place is not kept unseen
        recording.prepare_partitions(now=now + timedelta(days=90))
    assert (now + timedelta(days=104)).date() in partitions.attached_days()


@pytest.mark.parametrize("name", ["segment-a", "aside/.segment-a"])
def test_what_stays_in_the_spool_past_its_period_breaks_the_promise(now, name):
    path = recording.spool().folder / name
    path.parent.mkdir(parents=True)
    path.write_bytes(line(now))
    os.utime(path, (now.timestamp(), now.timestamp()))
    end = PERIOD.after(now) + recording.LATEST
    assert [at for at in recording.oldest_of_each() if at] == [now]
    for at, is_kept in ((end - timedelta(seconds=1), True), (end, False)):
        found = next(each for each in about_retention.promises() if each.key == "storage.oldest_visit").check(
            CheckRun(at)
        )
        assert (found.is_kept, found.at) == (is_kept, now)
