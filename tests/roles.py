"""The roles of the database in the tests: everything runs as the application does, but for hands that go past it.

The tests' connection logs in as a role that may become either, and is the application for the whole run. Programs that
a test starts log in as the application itself.
"""

import contextlib
from collections.abc import Iterator

import psycopg2
from django.conf import settings
from django.db import connection
from psycopg2 import sql

from softnlabs.local import postgres

OWNER, APPLICATION, TESTS = postgres.NAME, postgres.APPLICATION, "softnlabs_tests"
ADMINISTRATOR_URL = "TESTS_ADMINISTRATOR_URL"  # the variable that names the cluster's superuser
PASSWORD = "only-in-tests"
RIGHT = "SET ON PARAMETER session_replication_role"


def make(administrator_url: str) -> None:
    """Make the roles that are not there, as the cluster's superuser."""
    with (
        contextlib.closing(psycopg2.connect(administrator_url)) as administration,
        administration,
        administration.cursor() as cursor,
    ):
        for role in (OWNER, APPLICATION, TESTS):
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                made = "CREATE ROLE {} LOGIN NOINHERIT PASSWORD %s"
                cursor.execute(sql.SQL(made).format(sql.Identifier(role)), [PASSWORD])
        cursor.execute(f"ALTER ROLE {OWNER} CREATEDB")
        cursor.execute(f"GRANT {OWNER}, {APPLICATION} TO {TESTS}")
        # Emptying a ledger between two tests is otherwise the superuser's privilege.
        cursor.execute(f"GRANT {RIGHT} TO {OWNER}")


def log_in_as_owner() -> None:
    """From now on the connection of the tests is the owner's."""
    connection.close()
    connection.settings_dict.update(
        {name: settings.DATABASE_OWNER[name] for name in ("USER", "PASSWORD")} | {"OPTIONS": {}}
    )


def log_in_as_tests() -> None:
    """From now on the connection of the tests is the application, and can be the owner inside :func:`owner`."""
    connection.close()
    connection.settings_dict.update(
        USER=TESTS, PASSWORD=PASSWORD, OPTIONS={"options": f"-c role={APPLICATION}"}
    )


@contextlib.contextmanager
def owner() -> Iterator[None]:
    """Meanwhile this connection is the owner's, also within a transaction."""
    _become(OWNER)
    try:
        yield
    finally:
        # A transaction that failed takes the role back when it is rolled back.
        with contextlib.suppress(psycopg2.errors.InFailedSqlTransaction):
            _become(APPLICATION)


def _become(role: str) -> None:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
