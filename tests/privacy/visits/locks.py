"""Readers that hold a partition, and who waits for them."""

import contextlib
import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection

from privacy.visits.models import Visit


def visit(at, path: str, referrer: str = "") -> Visit:
    return Visit.objects.create(
        at=at,
        number=uuid4().int >> 65,
        visitor=uuid4(),
        has_cookie=True,
        path=path,
        referrer=referrer,
        language="en",
    )


@contextlib.contextmanager
def reader() -> Iterator[None]:
    """Somebody who reads visits in a transaction that stays open, over a connection of their own."""
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM privacy_visit")
        yield


def wait_until_somebody_waits() -> None:
    for _try in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    pytest.fail("nobody waited")
