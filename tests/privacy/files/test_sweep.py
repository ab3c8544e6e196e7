"""Files without a row, and rows without a file."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from privacy.files import storage, sweep, tasks
from privacy.files.models import StoredFile

pytestmark = pytest.mark.django_db


def make_file(now: datetime) -> StoredFile:
    return storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=now)


def age(path: Path, how_long: timedelta, now: datetime) -> None:
    then = (now - how_long).timestamp()
    os.utime(path, (then, then))


def test_a_file_that_lost_its_row_goes_after_an_hour_and_no_other(now):
    whole, coming, orphan, half = (make_file(now) for _number in range(4))
    half_written = storage.path_of(half.pk).with_suffix(".part")
    storage.path_of(half.pk).rename(half_written)
    StoredFile.objects.filter(pk__in=[coming.pk, orphan.pk, half.pk]).delete()
    for path in (storage.path_of(whole.pk), storage.path_of(orphan.pk), half_written):
        age(path, timedelta(minutes=61), now)
    age(storage.path_of(coming.pk), timedelta(minutes=59), now)
    assert sweep.run(now=now) == sweep.SweepResult(removed=2, without_file=0)
    assert storage.path_of(whole.pk).exists()
    assert storage.path_of(coming.pk).exists()
    assert not storage.path_of(orphan.pk).exists()
    assert not half_written.exists()


def test_a_row_that_lost_its_file_is_reported_by_number_alone_and_stays(now, caplog):
    lost, whole = make_file(now), make_file(now)
    storage.path_of(lost.pk).unlink()
    assert sweep.run(now=now) == sweep.SweepResult(removed=0, without_file=1)
    assert sweep.find_orphans(now=now).rows == [lost.pk.hex]
    assert "1 rows have no file" in caplog.text
    assert "cv.pdf" not in caplog.text
    assert set(StoredFile.objects.all()) == {lost, whole}


def test_the_task_sweeps(now):
    path = storage.path_of(make_file(now).pk)
    StoredFile.objects.all().delete()
    age(path, timedelta(hours=2), timezone.now())
    tasks.sweep_files()
    assert not path.exists()


def test_an_empty_place_is_fine(now):
    assert sweep.run(now=now) == sweep.SweepResult(0, 0)


def test_a_file_of_ours_in_the_wrong_folder_is_reported_and_never_removed(now):
    file = make_file(now)
    path = storage.path_of(file.pk)
    beside = path.parent.with_name("beside") / path.name
    beside.parent.mkdir()
    path.rename(beside)
    age(beside, timedelta(hours=2), now)
    assert sweep.run(now=now) == sweep.SweepResult(removed=0, without_file=1)
    assert beside.exists()


def test_whatever_lies_beside_our_folders_goes(now, settings):
    root = Path(settings.FILES_ROOT)
    strangers = [root / "cv.pdf", root / "old" / "deep" / "cv.pdf", root / "ab" / "deep" / "cv.pdf"]
    for path in strangers:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        age(path, timedelta(hours=2), now)
    (root / "away").symlink_to(strangers[1].parent, target_is_directory=True)
    assert {path.name for path in sweep.find_orphans(now=now).files} == {"cv.pdf"}
    assert sweep.run(now=now).removed == len(strangers)


def test_what_goes_with_its_row_during_the_look_is_no_finding(now, monkeypatch):
    file = make_file(now)
    age(storage.path_of(file.pk), timedelta(hours=2), now)
    listed = sweep.Shard.entries

    def destroyed_meanwhile(shard: sweep.Shard) -> object:
        found = list(listed(shard))
        if found:
            StoredFile.objects.all().delete()
            storage.path_of(file.pk).unlink()
        return found

    monkeypatch.setattr(sweep.Shard, "entries", destroyed_meanwhile)
    assert sweep.find_orphans(now=now) == sweep.Orphans([], [])


def test_what_goes_after_its_row_was_read_misses_nothing(now, monkeypatch):
    file = make_file(now)
    storage.path_of(file.pk).unlink()
    read = sweep.Shard.rows

    def gone_meanwhile(shard: sweep.Shard) -> object:
        found = list(read(shard))
        StoredFile.objects.filter(pk__in=[name for (name,) in found]).delete()
        return found

    monkeypatch.setattr(sweep.Shard, "rows", gone_meanwhile)
    assert sweep.find_orphans(now=now) == sweep.Orphans([], [])


def test_what_comes_after_the_files_were_listed_misses_nothing(now, monkeypatch):
    make_file(now)
    monkeypatch.setattr(sweep.Shard, "entries", lambda shard: iter(()))
    assert sweep.find_orphans(now=now) == sweep.Orphans([], [])
