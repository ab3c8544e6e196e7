"""Load in the background: single inserts one after the other, timed, or a reader with an open transaction."""

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import psycopg2
from django.db import connection

from benchmarks.data import COLUMNS

PAUSE = 0.002  # seconds between inserts


@contextlib.contextmanager
def inserting(table: str, at: datetime) -> Iterator[list[float]]:
    """The list receives the seconds of each insert, made on a connection of its own."""
    taken: list[float] = []
    over = threading.Event()

    def insert() -> None:
        with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
            other.autocommit = True
            cursor = other.cursor()
            statement = f"INSERT INTO {table} ({COLUMNS}) VALUES (%s, %s, %s, true, '/', '', 'en')"
            while not over.is_set():
                began = time.perf_counter()
                cursor.execute(statement, [at, uuid4().int >> 65, str(uuid4())])
                taken.append(time.perf_counter() - began)
                time.sleep(PAUSE)

    thread = threading.Thread(target=insert)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def reading(table: str, seconds: float) -> Iterator[None]:
    """A transaction that has read the table and stays open for `seconds`."""
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        other.cursor().execute(f"SELECT 1 FROM {table} LIMIT 1")
        timer = threading.Timer(seconds, other.rollback)
        timer.start()
        yield
        timer.join()
