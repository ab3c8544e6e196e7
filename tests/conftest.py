"""The cast and the stage: alice asks, bob must never appear, dpo reviews, clerk has no training."""

import gc
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as generating

from privacy.audit import trail
from privacy.database import functions
from privacy.files import examiner
from softnlabs import settings as of_the_site
from softnlabs.website.accounts.models import User
from tests import actors, roles, sample_site

ALICE = "alice@example.org"
BOB = "bob@example.org"
EXAMINED: dict[tuple[str, bytes], bytes] = {}  # documents that were taken, and what is kept of them
# How quick an example is says something about the machine alone: a speed is shown by a benchmark.
generating.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
generating.load_profile("untimed")


def pytest_sessionstart() -> None:
    gc.disable()  # what is collected stays


def pytest_collection_finish() -> None:
    """Ten thousand tests are not looked through again each time that garbage is."""
    gc.enable()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path: Path) -> None:
    """Files, spool and mail of a test stay its own."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.SPOOL_ROOT = tmp_path / "spool"
    settings.EXAMINATIONS_ROOT = tmp_path / "examinations"
    settings.ERASURE_JOURNAL = tmp_path / "journal" / "erasures"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    _let_nobody_fall_idle(settings)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the slow one is Django's to test
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


SIGN_IN_LASTS = ("RECENT_SIGN_IN", "IDLE_AT_DESK", "IDLE_OF_CLIENTS")


def _let_nobody_fall_idle(settings) -> None:
    """Tests move the clock while somebody is signed in; those about that use `sign_in_lasts`."""
    for name in SIGN_IN_LASTS:
        setattr(settings, name, timedelta(days=36500))


@pytest.fixture
def sign_in_lasts(settings) -> None:
    """A sign-in is recent, and a session open, for as long as on the site."""
    for name in SIGN_IN_LASTS:
        setattr(settings, name, getattr(of_the_site, name))


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A test that read a French page leaves the next one in English."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    """A process keeps these for half a minute: the next test, with settings and a database of its own, reads anew."""
    yield
    sample_site.forget()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database of the tests is made, migrated and dropped by its owner."""
    roles.log_in_as_owner()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In between the tests are the application."""
    with django_db_blocker.unblock():
        functions.CLOCKS_DIFFER = "1000 years"  # tests travel in time, also those that migrate
        functions.bound_cut_offs(functions.CLOCKS_DIFFER)
        functions.ENDS_BACK = "1000 years"
        functions.bound_ends(functions.ENDS_BACK)
        roles.log_in_as_tests()
        yield
        roles.log_in_as_owner()


@pytest.fixture(autouse=True, scope="session")
def _ledgers_can_be_flushed() -> Iterator[None]:
    """Tests that commit empty the tables afterwards; the ledgers' triggers would refuse, so they sleep then."""
    fixture_teardown = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with roles.owner(), connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            fixture_teardown(case)
            cursor.execute("SET session_replication_role = origin")

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = fixture_teardown  # type: ignore[method-assign]


@pytest.fixture
def now() -> datetime:
    """An ordinary working day."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def acting() -> Iterator[None]:
    """Somebody acts, so that deeds can be recorded."""
    with trail.acting("system", "test"):
        yield


@pytest.fixture
def dpo(db) -> User:
    """The data controller, with a password of her own."""
    return actors.make_controller()


@pytest.fixture
def clerk(db) -> User:
    """Staff without training: may sign in, may see nobody."""
    return actors.make_staff("clerk@example.org")


@pytest.fixture
def dpo_client(dpo: User) -> Client:
    """The controller, signed in."""
    client = Client()
    actors.sign_in(client, dpo)
    return client


@pytest.fixture
def examined_anew() -> None:
    """For tests of the examinations themselves: each document goes through one."""


@pytest.fixture(autouse=True)
def _each_document_is_examined_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An examination is a process of a fifth of a second, and says the same again of the same document."""
    examine = examiner._examine

    def examined(kind: str, content: bytes, lock: int) -> bytes:
        document = kind, hashlib.sha256(content).digest()
        if document not in EXAMINED:
            EXAMINED[document] = examine(kind, content, lock)
        return EXAMINED[document]

    if "examined_anew" not in request.fixturenames:
        monkeypatch.setattr(examiner, "_examine", examined)
