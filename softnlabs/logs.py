"""Log lines without personal data: database errors quote the values of a row."""

import logging
from collections.abc import Iterator

import psycopg2
from django.db import DataError, Error


class RedactingFormatter(logging.Formatter):
    """Logs the kind of a database error without the values that it quotes.

    PostgreSQL quotes them in the lines after the first (DETAIL, CONTEXT), and in the first line too where a value
    has the wrong type.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for error in _chain(record.exc_info[1] if record.exc_info else None):
            if isinstance(error, Error | psycopg2.Error):
                text = _without_values(text, error)
        return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, its cause, the cause of that, and so on."""
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
