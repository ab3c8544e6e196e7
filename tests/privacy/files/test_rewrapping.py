"""A new key of the site takes over the keys of all files; only then may the old one go."""

import threading
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from privacy.audit.models import AuditEntry
from privacy.checks import check_file_keys
from privacy.files import rewrapping, storage
from privacy.files.models import StoredFile

pytestmark = pytest.mark.django_db


def put(now, content: bytes = b"content") -> StoredFile:
    return storage.store(content, name="cv.pdf", media_type="application/pdf", now=now)


def rewrap() -> str:
    said = StringIO()
    call_command("rewrap_file_keys", stdout=said)
    return said.getvalue()


@pytest.fixture
def new_key(settings, now) -> str:
    """Some files under the old key; then there is a new one before it."""
    for number in range(5):
        put(now, b"%d" % number)
    settings.FILE_KEYS = [Fernet.generate_key().decode(), *settings.FILE_KEYS]
    return settings.FILE_KEYS[0]


def contents() -> list[bytes]:
    return sorted(storage.read(file) for file in StoredFile.objects.all())


def test_all_are_wrapped_anew_and_the_old_key_may_go(new_key, settings, monkeypatch):
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    assert rewrapping.count() == rewrapping.Wrapped(newest=0, older=5, lost=0)
    assert "All 5 files and other secrets are under the newest key" in rewrap()
    settings.FILE_KEYS = [new_key]
    assert contents() == [b"0", b"1", b"2", b"3", b"4"]
    entry = AuditEntry.objects.get(action="privacy.files.rewrapped")
    assert entry.detail == {"files": 5}
    assert entry.get_action_display() == "the keys of files were wrapped with a new key"


def test_a_second_run_writes_nothing(new_key):
    rewrap()
    before = sorted(bytes(file.wrapped_key) for file in StoredFile.objects.all())
    assert rewrap().startswith("Wrapped with the newest key: 0 files and other secrets.")
    assert sorted(bytes(file.wrapped_key) for file in StoredFile.objects.all()) == before
    assert AuditEntry.objects.filter(action="privacy.files.rewrapped").count() == 1


def test_the_content_on_the_disk_is_not_touched(new_key):
    file = StoredFile.objects.first()
    assert file is not None
    before = storage.path_of(file.pk).stat()
    rewrap()
    after = storage.path_of(file.pk).stat()
    assert (before.st_mtime_ns, before.st_ctime_ns) == (after.st_mtime_ns, after.st_ctime_ns)


def test_a_file_that_an_old_process_stores_meanwhile_is_named(new_key, settings, now, monkeypatch):
    run = rewrapping.run

    def with_an_upload() -> int:
        done = run()
        settings.FILE_KEYS = settings.FILE_KEYS[1:]
        put(now, b"meanwhile")
        settings.FILE_KEYS = [new_key, *settings.FILE_KEYS]
        return done

    monkeypatch.setattr(rewrapping, "run", with_an_upload)
    with pytest.raises(CommandError, match="1 files or other secrets are still under an older key"):
        rewrap()
    monkeypatch.undo()
    assert "All 6 files" in rewrap()


def test_a_key_that_went_too_early_is_said_clearly(new_key, settings):
    old = settings.FILE_KEYS
    settings.FILE_KEYS = [new_key]
    with pytest.raises(
        CommandError, match="5 files or other secrets need a key that FILE_KEYS does not have"
    ):
        rewrap()
    (warning,) = check_file_keys(None, databases=["default"])
    assert warning.id == "privacy.W004"
    assert "5 files" in warning.msg
    settings.FILE_KEYS = old
    assert check_file_keys(None, databases=["default"]) == []
    assert check_file_keys in checks.registry.registry.get_checks(include_deployment_checks=False)


def test_no_key_that_cannot_be_opened_is_altered(new_key, settings):
    settings.FILE_KEYS = [Fernet.generate_key().decode()]
    assert rewrapping.run() == 0
    assert rewrapping.count().lost == 5


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_nobody_and_a_new_record_waits_for_no_rewrapping(new_key):
    held = StoredFile.objects.order_by("pk")[0].pk
    done: list[int] = []

    def elsewhere() -> None:
        done.append(rewrapping.run())
        connection.close()

    with transaction.atomic():
        StoredFile.objects.select_for_update().get(pk=held)
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join(20)
    assert done == [4]
    assert rewrapping.run() == 1
