"""Files and keys that nobody declared: found among very many, quickly, and nothing of ours is taken for one."""

import os
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings as site_settings
from kombu.transport.redis import Channel

from privacy.files import storage
from privacy.promises import checking, unknown_stores
from privacy.promises.models import PromiseResult
from privacy.visits import recording
from tests import holdings as made

pytestmark = pytest.mark.django_db
KNOWN_KEYS = (
    Channel.keyprefix_queue % "celery", Channel.keyprefix_binding_permanent % "celery",
    Channel.keyprefix_binding_deadlines, Channel.unacked_key, Channel.unacked_index_key, Channel.unacked_mutex_key,
    "celery", "celery\x06\x163", "celeryev.1", "celery@host.celery.pidbox", "1-2.reply.celery.pidbox",
)  # fmt: skip


@pytest.fixture
def root(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


def test_what_our_software_writes_is_known(root, now):
    made.draft(made.person("alice", now), now)
    recording.spool().append(b"a line")
    recording.spool().set_aside(recording.spool().segments()[0], [b"a line"])
    with recording.spool().claim_finished():
        pass
    storage.path_of(storage.store(b"x", name="x", media_type="x", now=now).pk).with_suffix(".part").touch()
    unknown, seen = unknown_stores.files()
    assert (unknown, seen > 5) == ([], True)


@pytest.mark.parametrize(
    "name",
    [
        "dump.sql", "files/cv.pdf", "files/ab/cv.pdf", "files/ab/cd/" + "0" * 32, "spool/aside/mbox",
        "spool/x/identity", "journal/erasures.bak", "mail/20261123.mbox", "exports/all.csv",
        "spool/observations/aside/export.csv",
    ],
)  # fmt: skip
def test_a_file_that_is_called_otherwise_is_found(root, name):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert unknown_stores.files()[0] == [str(path)]


def test_a_link_to_a_folder_is_no_folder_of_ours(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "spool").mkdir()
    (root / "spool" / "more").symlink_to(elsewhere)
    assert unknown_stores.files()[0] == [str(root / "spool" / "more")]


def test_a_folder_that_cannot_be_read_is_no_kept_promise(root, now):
    (root / "spool").touch()
    assert checking.check(now=now, only=["data.declared"])[0].state == checking.PromiseState.BROKEN
    assert PromiseResult.objects.get().error == "NotADirectoryError"


def test_files_are_known_by_their_names_alone(root, monkeypatch):
    """Nothing else of 100,000 files is asked: with 64 of them as with all."""
    for number in range(64):
        path = root / "files" / "1f" / f"1f{number:030x}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    scan = os.scandir

    @contextmanager
    def names_alone(folder: str):
        with scan(folder) as entries:
            yield [SimpleNamespace(path=entry.path, is_dir=entry.is_dir) for entry in entries]

    monkeypatch.setattr(os, "scandir", names_alone)
    monkeypatch.delattr(os, "stat")
    assert unknown_stores.files() == ([], 64)


@pytest.fixture
def own_redis(settings) -> redis.Redis:
    settings.REDIS_URL = f"{site_settings.REDIS_URL}?db=9"
    with redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


def test_keys_of_celery_are_known_and_others_are_not(own_redis):
    for key in KNOWN_KEYS:
        own_redis.set(key, "")
    assert unknown_stores.keys() == ([], len(KNOWN_KEYS))
    own_redis.set("celery-task-meta-1", "")
    assert unknown_stores.keys() == (["celery-task-meta-1"], len(KNOWN_KEYS) + 1)


def test_another_database_of_the_same_redis_is_none_of_ours(own_redis, settings):
    own_redis.set("session:alice", "")
    settings.REDIS_URL = settings.REDIS_URL.replace("db=9", "db=8")
    assert unknown_stores.keys() == ([], 0)


def test_a_redis_that_is_away_is_no_kept_promise(settings, now):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert not checking.check(now=now, only=["data.declared"])[0].is_kept
    assert PromiseResult.objects.get().error == "ConnectionError"
