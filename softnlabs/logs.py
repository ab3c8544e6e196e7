"""What a log line may hold: never the row that an error of the database quotes."""

import logging
from collections.abc import Iterator

import psycopg2
from django.db import DataError, Error


class RedactingFormatter(logging.Formatter):
    """Lines in which an error of the database says what kind it is, and not with which values.

    PostgreSQL quotes them in the lines below the first one (DETAIL, CONTEXT), and in the first one too where a value
    is of the wrong shape.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it."""
        text = super().format(record)
        for error in _chain(record.exc_info[1] if record.exc_info else None):
            if isinstance(error, Error | psycopg2.Error):
                text = _without_values(text, error)
        return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _without_values(text: str, error: BaseException) -> str:
    told = str(error)
    kind = told.partition("\n")[0]
    if isinstance(error, DataError | psycopg2.DataError):
        kind = kind.partition('"')[0] + "…"
    for whole in filter(None, (told, repr(told)[1:-1])):
        text = text.replace(whole, kind)
    return text
