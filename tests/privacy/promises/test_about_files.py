"""A file that is not what was stored is seen at the next look, however long ago it was stored."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from privacy.files import storage, sweep
from privacy.files.models import StoredFile
from privacy.promises import about_files
from privacy.promises.checking import CheckRun, Evidence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _not_by_chance(monkeypatch) -> None:
    """What is found here is found because it is looked for."""
    monkeypatch.setattr(about_files, "SAMPLE", 0)


@pytest.fixture
def files(now) -> list[StoredFile]:
    """Files of two years ago."""
    kept = [
        storage.store(b"%PDF", name="cv.pdf", media_type="application/pdf", now=now - timedelta(days=730))
        for _number in range(3)
    ]
    for file in kept:
        then = (now - timedelta(days=730)).timestamp()
        os.utime(storage.path_of(file.pk), (then, then))
    assert check_run(now) == Evidence(is_kept=True, figure=0, among=3)
    return kept


def check_run(now: datetime) -> Evidence:
    """What the promise of encryption finds."""
    return next(each for each in about_files.promises() if each.key == "security.encrypted").check(
        CheckRun(now)
    )


def rewrite(path: Path, content: bytes) -> None:
    """Write as somebody does who covers the traces: the date of the file stays what it was."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, (before.st_atime, before.st_mtime))


def in_clear(files: list[StoredFile]) -> None:
    path = storage.path_of(files[1].pk)
    rewrite(path, b"%PDF".ljust(path.stat().st_size, b" "))


def one_bit(files: list[StoredFile]) -> None:
    path = storage.path_of(files[1].pk)
    sealed = path.read_bytes()
    rewrite(path, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def changed_places(files: list[StoredFile]) -> None:
    first, second = (storage.path_of(file.pk) for file in files[:2])
    aside = first.with_name("aside")
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


def cut(files: list[StoredFile]) -> None:
    path = storage.path_of(files[1].pk)
    rewrite(path, path.read_bytes()[:-1])


def foreign_key(files: list[StoredFile]) -> None:
    wrapped = Fernet(Fernet.generate_key()).encrypt(b"x" * 32)
    StoredFile.objects.filter(pk=files[1].pk).update(wrapped_key=wrapped)


def altered_key(files: list[StoredFile]) -> None:
    wrapped = bytes(files[1].wrapped_key)
    middle = b"A" if wrapped[70:71] != b"A" else b"B"
    StoredFile.objects.filter(pk=files[1].pk).update(wrapped_key=wrapped[:70] + middle + wrapped[71:])


def no_key(files: list[StoredFile]) -> None:
    StoredFile.objects.filter(pk=files[1].pk).update(wrapped_key=b"in clear")


@pytest.mark.parametrize(
    ("action", "count"),
    [
        (in_clear, 1),
        (one_bit, 1),
        (changed_places, 2),
        (cut, 1),
        (foreign_key, 1),
        (altered_key, 1),
        (no_key, 1),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_it_is_seen_at_the_next_look_and_at_each_after_it(files, now, action, count):
    action(files)
    for minutes in (20, 40, 60):
        assert check_run(now + timedelta(minutes=minutes)) == Evidence(
            is_kept=False, figure=count, among=len(files)
        )


def test_a_file_that_was_touched_and_is_sound_is_opened_once(files, now, monkeypatch):
    storage.path_of(files[0].pk).chmod(0o640)
    opened: list[object] = []
    monkeypatch.setattr(about_files, "_opens", lambda file: opened.append(file.pk) or True)
    assert check_run(now).is_kept
    assert check_run(now).is_kept
    assert opened == [files[0].pk]


def test_after_a_move_of_all_files_some_are_opened_at_each_look_until_all_were(files, now, monkeypatch):
    monkeypatch.setattr(about_files, "MOST", 1)
    in_clear(files)
    for file in files:
        storage.path_of(file.pk).chmod(0o640)
    assert sum(check_run(now).figure for _check_run in range(3)) >= 1
    assert [check_run(now).figure for _check_run in range(2)] == [
        1,
        1,
    ]  # what was found is opened first from then on
    for file in files:
        storage.path_of(file.pk).chmod(0o600)
    assert [check_run(now).figure for _check_run in range(2)] == [1, 1], "and before those touched since"
    StoredFile.objects.filter(pk=files[1].pk).delete()
    for _check_run in files:
        assert check_run(now).is_kept


def test_rot_that_no_disk_admits_is_found_by_chance(files, now, monkeypatch):
    one_bit(files)
    path = storage.path_of(files[1].pk)
    StoredFile.objects.filter(pk=files[1].pk).update(changed_ns=path.stat().st_ctime_ns)
    assert check_run(now).is_kept
    monkeypatch.setattr(about_files, "SAMPLE", 3)
    assert check_run(now).figure == 1


def test_a_cut_that_no_disk_admits_is_seen_by_the_length(files, now):
    cut(files)
    path = storage.path_of(files[1].pk)
    StoredFile.objects.filter(pk=files[1].pk).update(changed_ns=path.stat().st_ctime_ns)
    assert check_run(now).figure == 1


def test_a_missing_file_is_said_once_by_the_promise_about_files(files, now, monkeypatch):
    monkeypatch.setattr(about_files, "SAMPLE", 3)
    storage.path_of(files[0].pk).unlink()
    assert check_run(now).is_kept
    assert sweep.find_orphans(now=now).rows == [files[0].pk.hex]


def test_files_wrapped_by_an_older_key_are_as_good(files, now, settings):
    settings.FILE_KEYS = [Fernet.generate_key().decode(), *settings.FILE_KEYS]
    assert check_run(now).is_kept
    settings.FILE_KEYS = settings.FILE_KEYS[:1]
    assert check_run(now).figure == len(files)
