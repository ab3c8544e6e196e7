"""Databases as operators make them, new or out of a backup: `migrate` works, and the application has its bounds."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from tests import roles
from tests.servers import program

pytestmark = pytest.mark.django_db
OTHER = "softnlabs_other"  # whom somebody lets own a restored backup
APPLICATION, OWNER = "DATABASE_URL", "DATABASE_OWNER_URL"
REWRITES = ["UPDATE privacy_auditentry SET key = 'x'", "DELETE FROM privacy_auditentry",
            "TRUNCATE privacy_removal", "DELETE FROM dsr_subjectrequest",
            "CREATE TABLE own (id int)", "CREATE TEMPORARY TABLE own (id int)",
            "SELECT privacy_delete_privacy_auditentry('purge', 1, ARRAY[1]::bigint[], '', '')",
            "SELECT privacy_certified('erasure', 1, '')"]  # fmt: skip


@pytest.fixture(scope="module")
def made(django_db_setup: None) -> Iterator[str]:
    """The name of a new database of the owner's, migrated as docs/operations.md says."""
    name = f"{connection.settings_dict['NAME']}_made"
    with database(name, roles.OWNER):
        done = migrate(address(APPLICATION, name), address(OWNER, name))
        assert done.returncode == 0, done.stderr
        assert "privacy.W005" not in done.stderr
        yield name


def address(variable: str, name: str, user: str = "") -> str:
    place = urlsplit(os.environ[variable])._replace(path=f"/{name}")
    if user:
        place = place._replace(netloc=f"{user}:{roles.PASSWORD}@{place.netloc.rpartition('@')[2]}")
    return urlunsplit(place)


@contextlib.contextmanager
def database(name: str, owner: str) -> Iterator[None]:
    as_administrator(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" OWNER {owner}'
    )
    try:
        yield
    finally:
        as_administrator(f'DROP DATABASE "{name}" WITH (FORCE)')


def as_administrator(*statements: str) -> None:
    with contextlib.closing(psycopg2.connect(os.environ[roles.ADMINISTRATOR_URL])) as administration:
        administration.autocommit = True
        with administration.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def migrate(application: str, owner: str = "") -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, APPLICATION: application, OWNER: owner}
    command = [sys.executable, "manage.py", "migrate"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )


def refused(application: str) -> list[str]:
    """Those of the statements that the application may not say."""
    found = []
    with contextlib.closing(psycopg2.connect(application)) as asked, asked.cursor() as cursor:
        for statement in REWRITES:
            try:
                cursor.execute(statement)
            except psycopg2.errors.InsufficientPrivilege:
                found.append(statement)
            asked.rollback()
        cursor.execute("INSERT INTO privacy_auditentry (at, actor, source, action, kind, key, about, detail)"
                       " VALUES (now(), 'system', 'test', 'test.done', '', '', '', '{}')")  # fmt: skip
    return found


def test_a_new_database_is_migrated_and_the_application_cannot_rewrite_it(made):
    assert refused(address(APPLICATION, made)) == REWRITES


def test_the_application_is_told_that_it_does_not_migrate(made):
    done = migrate(address(APPLICATION, made))
    assert done.returncode == 1
    assert "may not migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_owner_who_cannot_connect_is_named(made):
    done = migrate(address(APPLICATION, made), address(OWNER, made, "nobody_at_all"))
    assert done.returncode == 1
    assert "No connection to the database as nobody_at_all" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_backup_that_another_owner_restored_is_as_bounded_after_migrate(made, tmp_path: Path):
    dump, name = tmp_path / "backup.dump", f"{made}_restored"
    command = [program("pg_dump"), "--format=custom", "--no-acl", f"--file={dump}", address(OWNER, made)]
    subprocess.run(command, check=True, capture_output=True)
    as_administrator(f"DROP ROLE IF EXISTS {OTHER}", f"CREATE ROLE {OTHER} LOGIN PASSWORD '{roles.PASSWORD}'")
    try:
        with database(name, OTHER):
            other, application = address(OWNER, name, OTHER), address(APPLICATION, name)
            command = [program("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={other}", str(dump)]
            subprocess.run(command, check=True, capture_output=True)
            done = migrate(application, other)
            assert done.returncode == 0, done.stderr
            assert refused(application) == REWRITES
    finally:
        as_administrator(f"DROP ROLE {OTHER}")
