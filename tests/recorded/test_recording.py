"""Each recorded version of a site migrates to this one: its trail is whole, its rows, pages and files can be read."""

import contextlib
import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import time_machine
from django.apps import apps
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from dsr.follow_up import session_grants
from dsr.messages import emails
from dsr.package.models import AccessPackage
from dsr.requests.models import SubjectRequest
from dsr.rules.states import RequestState
from privacy.companies import collecting
from privacy.companies.models import own_company
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject
from privacy.files import storage
from privacy.files.models import StoredFile
from softnlabs.website.accounts.models import User
from tests import actors, roles, sample_site
from tests.conftest import ALICE, BOB
from tests.recorded import recording

NAME = "restored"


@contextlib.contextmanager
def _own_database() -> Iterator[str]:
    """An empty database that Django uses meanwhile; yields its address."""
    outside = os.environ["DATABASE_OWNER_URL"]
    before = connection.settings_dict["NAME"]
    connection.close()
    # A worker of autovacuum is the superuser's: the owner of a database could not end it.
    administrator = os.environ[roles.ADMINISTRATOR_URL]
    with contextlib.closing(psycopg2.connect(administrator)) as administration:
        administration.autocommit = True
        with administration.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {NAME} OWNER {roles.OWNER}")
            connection.settings_dict["NAME"] = NAME
            try:
                yield urlunsplit(urlsplit(outside)._replace(path=f"/{NAME}"))
            finally:
                connection.close()
                connection.settings_dict["NAME"] = before
                cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@dataclass(frozen=True)
class RecordedSite:
    """What it is now on the site, and the tables that it had before it was migrated."""

    now: datetime
    tables: frozenset[str]


@pytest.fixture(params=recording.versions())
def site(request, settings, tmp_path: Path, django_db_setup, django_db_blocker) -> Iterator[RecordedSite]:
    """The recorded site, migrated, a minute after it was recorded."""
    settings.SECRET_KEY = recording.KEYS["SECRET_KEY"]
    settings.PSEUDONYM_KEY = recording.KEYS["PSEUDONYM_KEY"]
    settings.FILE_KEYS = [recording.KEYS["FILE_KEYS"]]
    with django_db_blocker.unblock(), _own_database() as database_url:
        recording.restore(request.param, database_url=database_url, var=tmp_path)
        connection.close()
        tables = frozenset(connection.introspection.table_names(include_views=True))
        call_command("migrate", verbosity=0)
        sample_site.forget()
        now = SubjectRequest.objects.latest("received_at").received_at + timedelta(minutes=1)
        with time_machine.travel(now, tick=False):
            yield RecordedSite(now, tables)
    sample_site.forget()


def _everybody() -> Subject:
    """Alice and Bob by every key that the site knows."""
    accounts = User.objects.filter(email__in=[ALICE, BOB]).values_list("pk", flat=True)
    events = apps.get_model("consent.consentevent").objects.exclude(receipt=None)
    return Subject(
        emails=frozenset({ALICE, BOB}),
        accounts=frozenset(accounts),
        receipts=frozenset(events.values_list("receipt", flat=True)),
        sessions=frozenset({"session-alice", "session-bob"}),
    )


def test_a_recorded_site_is_restored_migrated_and_used(site: RecordedSite):
    call_command("check", fail_level="WARNING")
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "Nothing was altered." in said.getvalue()
    for known in holdings():
        if known.model._meta.db_table in site.tables:  # a younger kind of record has no row yet
            _read_rows(known)
    for model in apps.get_models():
        assert all(str(row) for row in model._base_manager.all())
    _read_collected()
    _read_files()
    _open_pages(site.now)


def _read_collected() -> None:
    """What was collected before forms said for whom was collected for the company."""
    for known in collecting.collected():
        for row in known.about(_everybody()):
            assert vars(row)["entity"] in {own_company().siren, ""}, known.label


# Tables that 0.2.0 did not take for personal data: the site of then has a row of them at most.
DECLARED_SINCE = {"consent.suppression", "dsr.linkrequest", "dsr.reminder", "privacy.bucket"}


def _read_rows(known: Holding) -> None:
    rows = list(known.about(_everybody()) if known.is_searched else known.rows())
    assert len(rows) >= 2 or known.label in DECLARED_SINCE, known.label
    for row in rows:
        assert known.export(row), known.label


def _read_files() -> None:
    assert StoredFile.objects.count() > 10
    for file in StoredFile.objects.all():
        assert len(storage.read(file)) == file.size
    package = AccessPackage.objects.get(request__email="answered@example.org")
    with zipfile.ZipFile(io.BytesIO(storage.read(package.file))) as archive:
        assert archive.testzip() is None


def _open_pages(now: datetime) -> None:
    """The page of a request as its person sees it, and the desk, on which the request is granted."""
    checked = SubjectRequest.objects.get(email="checked@example.org")
    person, desk = Client(), Client()
    session = person.session
    session_grants.grant(session, emails.FOLLOW, checked.pk, now=now)
    session.save()
    person.cookies[site_settings.SESSION_COOKIE_NAME] = session.session_key
    page = person.get(f"/privacy/requests/{checked.pk}/")
    assert page.status_code == 200
    assert checked.reference in page.content.decode()
    actors.sign_in(desk, actors.train(User.objects.get(email="controller@example.org")))
    queue = desk.get("/admin/dsr/subjectrequest/")
    assert len(re.findall(r"/admin/dsr/subjectrequest/[0-9a-f-]{36}/change/", queue.content.decode())) >= 3
    own = f"/admin/dsr/subjectrequest/{checked.pk}/"
    assert checked.reference in desk.get(f"{own}change/").content.decode()
    assert desk.post(f"{own}grant/").status_code == 302
    checked.refresh_from_db()
    assert checked.state == RequestState.GRANTED


def test_the_version_that_is_released_is_recorded():
    assert recording.versions()
    assert all((recording.FOLDER / f"{each}.files.tar.gz").exists() for each in recording.versions())
    assert all(path.stat().st_size < 300_000 for path in recording.FOLDER.glob("*.gz"))
