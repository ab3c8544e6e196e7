"""Backups as an operator makes and restores them, and people with something in every holding."""

import contextlib
import os
import subprocess
from pathlib import Path

import psycopg2
from django.db import connection
from django.utils import timezone

from privacy.datamap.registry import holdings
from tests import holdings as made
from tests import roles
from tests.faults.databases import address_of_the_test_database
from tests.servers import program

OWNER = "DATABASE_OWNER_URL"  # who backs up and restores


def backup(folder: Path) -> Path:
    """What an operator keeps: a dump of the whole database."""
    dump = folder / "backup.dump"
    command = [program("pg_dump"), "--format=custom", f"--file={dump}", address_of_the_test_database(OWNER)]
    subprocess.run(command, check=True, capture_output=True)
    return dump


def restore(dump: Path) -> None:
    """As an operator does it: the database goes, and comes anew from the dump."""
    address, name = address_of_the_test_database(OWNER), connection.settings_dict["NAME"]
    connection.close()
    # A worker of autovacuum is the superuser's: the owner of a database could not end it.
    with contextlib.closing(psycopg2.connect(os.environ[roles.ADMINISTRATOR_URL])) as outside:
        outside.autocommit = True
        with outside.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" OWNER {roles.OWNER}')
    command = [program("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={address}", str(dump)]
    subprocess.run(command, check=True, capture_output=True)


def everything_about(name: str) -> made.SamplePerson:
    now = timezone.now()
    person = made.person(name, now)
    for make in made.MAKERS.values():
        make(person, now - made.RECENT)
    return person


def held(person: made.SamplePerson) -> set[str]:
    subject = person.subject()
    return {
        known.label
        for known in holdings()
        if not known.data.erasure_exemption and known.about(subject).exists()
    }
