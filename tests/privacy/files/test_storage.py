"""Encrypted files: what is altered is refused, what is deleted is gone, what is rotated stays readable."""

import os
import uuid
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import transaction

from privacy.files import storage
from privacy.files.models import StoredFile

pytestmark = pytest.mark.django_db
CANARY = b"%PDF-1.7 the canary sings in the coal mine"


@pytest.fixture
def file(now) -> StoredFile:
    return storage.store(CANARY, name="cv.pdf", media_type="application/pdf", now=now)


def alter(file: StoredFile, change) -> None:
    path = storage.path_of(file.id)
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize("content", [b"", b"x", CANARY, os.urandom(1_000_000)])
def test_what_is_stored_comes_back(now, content):
    file = storage.store(content, name="x.bin", media_type="application/octet-stream", now=now)
    assert storage.read(StoredFile.objects.get(pk=file.pk)) == content
    assert file.size == len(content)


def test_nothing_lies_on_the_disk_in_clear_and_nobody_else_may_look(file, settings):
    files = [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"canary" not in files[0].read_bytes()
    assert "cv" not in files[0].name
    assert files[0].parent.stat().st_mode & 0o077 == 0


def test_each_file_has_a_key_of_its_own(file, now):
    other = storage.store(CANARY, name="cv.pdf", media_type="application/pdf", now=now)
    assert bytes(file.wrapped_key) != bytes(other.wrapped_key)
    assert storage.path_of(file.id).read_bytes() != storage.path_of(other.id).read_bytes()


@pytest.mark.parametrize("at", [0, 5, 12, 20, -17, -1])
def test_a_flipped_bit_is_refused(file, at):
    def flip(sealed: bytes) -> bytes:
        changed = bytearray(sealed)
        changed[at] ^= 1
        return bytes(changed)

    alter(file, flip)
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, -1])
def test_a_file_cut_short_is_refused(file, length):
    alter(file, lambda sealed: sealed[:length])
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


def test_a_file_made_longer_is_refused(file):
    alter(file, lambda sealed: sealed + b"\0")
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


def test_a_swapped_file_is_refused_even_with_its_key(file, now):
    other = storage.store(b"somebody else", name="x.pdf", media_type="application/pdf", now=now)
    storage.path_of(other.id).replace(storage.path_of(file.id))
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)
    file.wrapped_key = other.wrapped_key
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


def test_a_missing_file_is_said_and_not_an_error_of_another_kind(file):
    storage.path_of(file.id).unlink()
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


def test_without_its_wrapped_key_the_content_is_noise(file, now, settings):
    """A copy of the disk from a backup does not help, nor does the site's own key."""
    copy = storage.path_of(file.id).read_bytes()
    file_id = file.id
    storage.destroy([file_id])
    assert not StoredFile.objects.filter(pk=file_id).exists()
    again = StoredFile(id=file_id, name="x", media_type="x", size=1, stored_at=now)
    again.wrapped_key = Fernet(settings.FILE_KEYS[0]).encrypt(os.urandom(32))
    storage.path_of(file_id).write_bytes(copy)
    with pytest.raises(storage.UnreadableFileError):
        storage.read(again)


def test_the_content_goes_when_the_transaction_stands_and_not_before(
    file, django_capture_on_commit_callbacks
):
    path = storage.path_of(file.id)
    with django_capture_on_commit_callbacks(execute=True):
        assert storage.destroy([file.id]) == 1
        assert path.exists()
    assert not path.exists()


def test_an_undone_deletion_leaves_the_file_whole(file):
    with transaction.atomic():
        storage.destroy([file.id])
        transaction.set_rollback(True)
    assert storage.read(StoredFile.objects.get()) == CANARY


def test_destroying_what_is_not_there_is_no_error(file, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert storage.destroy([uuid.uuid4()]) == 0
        assert storage.destroy([]) == 0
    assert storage.read(file) == CANARY


def test_a_new_key_of_the_site_reads_the_old_files_and_writes_with_the_new(file, now, settings):
    old = settings.FILE_KEYS
    new = [Fernet.generate_key().decode(), *old]
    settings.FILE_KEYS = new
    assert storage.read(file) == CANARY
    fresh = storage.store(b"fresh", name="x", media_type="x", now=now)
    settings.FILE_KEYS = new[:1]
    assert storage.read(fresh) == b"fresh"
    with pytest.raises(storage.UnreadableFileError):
        storage.read(file)


def test_a_disk_that_refuses_leaves_neither_row_nor_file(now, settings, tmp_path):
    (tmp_path / "in-the-way").write_text("")
    settings.FILES_ROOT = tmp_path / "in-the-way" / "files"
    with pytest.raises(OSError, match="in-the-way"):
        storage.store(CANARY, name="cv.pdf", media_type="application/pdf", now=now)
    assert not StoredFile.objects.exists()


def test_a_disk_that_fills_up_half_way_leaves_nothing_behind(now, settings, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.store(CANARY, name="cv.pdf", media_type="application/pdf", now=now)
    assert not StoredFile.objects.exists()
    assert not any(path.is_file() for path in Path(settings.FILES_ROOT).rglob("*"))


def test_a_download_is_never_run_shown_or_kept(file):
    file.name = 'résumé "final"\r\nX-Evil: 1.pdf'
    response = storage.attachment(file)
    assert response.content == CANARY
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
