"""The command that wraps keys of files anew is killed half-way: each file can be read throughout, and it ends later."""

import os
import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils import timezone

from privacy.files import rewrapping, storage
from privacy.files.models import StoredFile
from tests.faults.databases import address_of_the_test_database

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
WITH_CONTENT, ROWS = 60, 6_000
SECONDS = 60


def fill() -> None:
    """Files, and between them rows without content, so that the command has enough to do."""
    now = timezone.now()
    for number in range(WITH_CONTENT):
        storage.store(b"%d" % number, name="cv.pdf", media_type="application/pdf", now=now)
    wrapper = Fernet(settings.FILE_KEYS[0])
    rows = (
        StoredFile(
            id=uuid4(),
            name="x",
            media_type="x",
            size=1,
            stored_at=now,
            wrapped_key=wrapper.encrypt(os.urandom(32)),
        )
        for _number in range(ROWS)
    )
    StoredFile.objects.bulk_create(rows, batch_size=2_000)


def readable() -> set[bytes]:
    return {storage.read(file) for file in StoredFile.objects.exclude(name="x")}


def command(file_keys: list[str]) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "FILE_KEYS": ",".join(file_keys),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "rewrap_file_keys"], cwd=settings.BASE_DIR, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_a_rotation_that_is_killed_half_way_is_finished_later(settings):
    fill()
    all_of_them = {b"%d" % number for number in range(WITH_CONTENT)}
    new = Fernet.generate_key().decode()
    keys = [new, *settings.FILE_KEYS]
    settings.FILE_KEYS = keys  # as every part of the site has them from now on

    with command(keys) as first:
        end = time.monotonic() + SECONDS
        while rewrapping.count().newest == 0:
            assert first.poll() is None, first.communicate()[0].decode()
            assert time.monotonic() < end
            assert readable() == all_of_them
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    half = rewrapping.count()
    assert half.newest > 0
    assert half.older > 0
    assert half.lost == 0
    assert readable() == all_of_them

    settings.FILE_KEYS = [new]
    assert rewrapping.count().lost == half.older  # whoever took the old key out now would be told
    settings.FILE_KEYS = keys

    storage.store(b"meanwhile", name="cv.pdf", media_type="application/pdf", now=timezone.now())
    with command(keys) as second:
        while second.poll() is None:
            assert readable() == all_of_them | {b"meanwhile"}
        assert second.stdout is not None
        said = second.stdout.read().decode()
    assert second.returncode == 0
    assert f"Wrapped with the newest key: {half.older} files and other secrets." in said
    settings.FILE_KEYS = [new]
    assert readable() == all_of_them | {b"meanwhile"}
