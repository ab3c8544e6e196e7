"""Visits by the million, made by PostgreSQL itself from a seed, in the real table and in plain ones beside it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import connection

from privacy import partitions

COLUMNS = "at, number, visitor, address, path, referrer, language"
FILL = """
INSERT INTO {table} SELECT
  %(first)s::timestamptz + random() * %(days)s * interval '1 day', i,
  md5((random() * %(visitors)s)::int::text)::uuid, ('10.' || i %% 250 || '.' || i / 250 %% 250 || '.1')::inet,
  (ARRAY['/', '/contact/', '/careers/', '/privacy/', '/privacy/data/'])[1 + i %% 5],
  (ARRAY['', '', 'search.example', 'news.example'])[1 + i %% 4], 'en'
FROM generate_series(1, %(rows)s) i
"""


def run(statement: str, parameters: Any = None) -> Any:
    """One statement; the first column of its first row, if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def plain_table(name: str) -> None:
    """An empty table like the visits', in one piece."""
    run(f"DROP TABLE IF EXISTS {name}")
    run(f"CREATE TABLE {name} (LIKE privacy_visit INCLUDING ALL)")


def fill(table: str, *, rows: int, first: datetime, days: int, seed: float = 0.5) -> None:
    """``rows`` visits over ``days`` days from ``first`` on; the same ones for the same seed."""
    run("SELECT setseed(%s)", [seed])
    run(
        FILL.format(table=table), {"rows": rows, "first": first, "days": days, "visitors": max(1, rows // 20)}
    )
    run(f"ANALYZE {table}")


def prepare_days(first: datetime, days: int) -> None:
    """The partitions that :func:`fill` needs, and today's."""
    partitions.prepare((first + timedelta(days=number)).date() for number in range(days + 1))


def drop_days() -> None:
    """Take every partition off the real table, and forget what was counted of it."""
    for span in partitions.standing():
        run(f"DROP TABLE {span.name}")
    run("TRUNCATE privacy_countedday")


def copy(table: str, lines: bytes) -> None:
    """The raw COPY that everything else is held against."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({COLUMNS}) FROM STDIN", BytesIO(lines))


def size(table: str) -> int:
    """Bytes on disk of a table with its partitions and indexes."""
    return int(
        run("SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_partition_tree(%s)", [table])
        or run("SELECT pg_total_relation_size(%s)", [table])
    )


def wal() -> int:
    """Bytes of log written so far."""
    return int(run("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))
