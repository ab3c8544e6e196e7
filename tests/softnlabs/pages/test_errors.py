"""What people and logs are told when a part of the system fails."""

import logging
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import DataError, Error, connection
from django.test import Client

from softnlabs.logs import RedactingFormatter
from softnlabs.website.enquiries.models import Enquiry
from tests import roles
from tests.conftest import ALICE
from tests.softnlabs.enquiries.factories import TYPED


@pytest.fixture
def no_database(transactional_db, monkeypatch, tmp_path) -> Iterator[Client]:
    """Pages while PostgreSQL does not answer: its place is looked for where nothing is."""
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", str(tmp_path))
        yield Client(raise_request_exception=False)
        connection.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [("/contact/", "it was not recorded"), ("/fr/contact/", "il n’a pas été enregistré")],
)
def test_while_the_database_is_away_nobody_is_told_that_a_form_was_taken(no_database, path, words):
    answer = no_database.post(path, TYPED)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) <= 60
    assert answer["Cache-Control"] == "no-store"
    assert words in answer.text


def test_pages_that_only_tell_are_served_without_a_database(no_database):
    assert no_database.get("/").status_code == 200
    assert no_database.get("/contact/").status_code == 200


@pytest.mark.django_db
def test_another_fault_is_ours_and_says_so(monkeypatch):
    monkeypatch.setattr("softnlabs.website.enquiries.enquiries.receive", lambda *_args, **_facts: 1 / 0)
    answer = Client(raise_request_exception=False).post("/contact/", TYPED)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert not Enquiry.objects.exists()


def _line(error: Exception) -> str:
    facts = (type(error), error, error.__traceback__)
    record = logging.LogRecord("celery", logging.ERROR, "", 0, "it raised %r", (error,), facts)
    return RedactingFormatter("%(levelname)s %(name)s: %(message)s").format(record)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("INSERT INTO asked VALUES (%s, 1)", 'unique constraint "asked_email_key"'),
        ("INSERT INTO asked VALUES (%s || E'\\n\\nsecond line', NULL)", 'null value in column "times"'),
        ("SELECT %s::integer", "invalid input syntax for type integer"),
        ("SELECT (E'one \"\\n' || %s)::uuid", "invalid input syntax for type uuid"),
    ],
)
def test_a_log_line_never_holds_the_row_that_an_error_quotes(sql, kept):
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE asked (email text UNIQUE, times integer NOT NULL)")
        cursor.execute("INSERT INTO asked VALUES (%s, 1)", [ALICE])
        with pytest.raises(Error) as raised:
            cursor.execute(sql, [ALICE])
    assert ALICE in str(raised.value)
    line = _line(raised.value)
    assert kept in line
    assert ALICE not in line
    assert "second line" not in line
    assert isinstance(raised.value.__cause__, psycopg2.Error)


def test_an_error_that_came_from_one_of_the_database_is_told_alike_and_others_as_they_are():
    try:
        try:
            raise DataError(f'value "{ALICE}" is out of range')
        except DataError as cause:
            raise RuntimeError("the letter could not be made") from cause
    except RuntimeError as error:
        line = _line(error)
    assert "the letter could not be made" in line
    assert ALICE not in line
