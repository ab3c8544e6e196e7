"""A connection to the database of its own for one line of sending, on which a statement can be under way meanwhile.

It holds the line: as long as it is open, no other process sends over the line with this number. When its process is
killed PostgreSQL first carries out what was sent over it, and then lets the line go: whoever takes it over sees all.
"""

import select
from collections.abc import Sequence
from typing import Any, Self

import psycopg2
import psycopg2.extensions
from django.db import connection

from privacy.web import locks


class Line:
    """`number` tells lines apart. Statements are carried out one after the other, each committed by itself."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._connection = psycopg2.connect(**connection.get_connection_params(), async_=True)
        self._wait()
        self._cursor: psycopg2.extensions.cursor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def is_free(self) -> bool:
        """Take it, for as long as this is open; false where another process has it."""
        (taken,) = self.ask("SELECT pg_try_advisory_lock(%s, %s)", [locks.MAILINGS, self.number])
        return bool(taken[0])

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement that has some."""
        self.send(statement, values)
        self.wait()
        return self._rows()

    def send(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Hand the statement over, after the one before it is done: PostgreSQL has it when this returns."""
        self.wait()
        self._cursor = self._connection.cursor()
        self._cursor.execute(statement, values)
        while self._connection.poll() == psycopg2.extensions.POLL_WRITE:
            select.select([], [self._connection], [])

    def wait(self) -> None:
        """Until the statement that is under way is done. Raises what it raised."""
        if self._connection.isexecuting():
            self._wait()

    def close(self) -> None:
        self._connection.close()

    def _rows(self) -> list[tuple[Any, ...]]:
        assert self._cursor is not None
        return self._cursor.fetchall()

    def _wait(self) -> None:
        while (state := self._connection.poll()) != psycopg2.extensions.POLL_OK:
            reads = [self._connection] if state == psycopg2.extensions.POLL_READ else []
            select.select(reads, [] if reads else [self._connection], [])
