"""Visits by the million, made by PostgreSQL itself from a seed, in the real table and in plain ones beside it.

Tables are filled without indexes, one writer for each processor; the indexes, those of production, are made afterwards.
Everything is written as durably as by default.
"""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from privacy.visits import partitions
from privacy.visits.partition_ranges import DAY, TABLE, Granularity, PartitionRange, begin, planned

AHEAD = 15  # days that have nothing yet: today, and two weeks
SEED, GOLDEN = 0.5, 0.6180339887
WITHIN = 0.999999  # of the days: none is rounded up into the day after
COLUMNS = "at, number, visitor, address, path, referrer, language"
FILL = """
INSERT INTO {table} SELECT
  %(first)s::timestamptz + (i - random()) / %(rows)s * {within} * (interval '1 day' * %(days)s), %(start)s + i,
  md5((random() * %(visitors)s)::int::text)::uuid, ('10.' || i %% 250 || '.' || i / 250 %% 250 || '.1')::inet,
  (ARRAY['/', '/contact/', '/careers/', '/privacy/', '/privacy/data/'])[1 + i %% 5],
  (ARRAY['', '', 'search.example', 'news.example'])[1 + i %% 4], 'en'
FROM generate_series(1, %(rows)s) i
"""
USING = re.compile(r"USING .*")
INDEXES = """
SELECT pg_get_constraintdef(c.oid), pg_get_indexdef(indexrelid) FROM pg_index
LEFT JOIN pg_constraint c ON conindid = indexrelid AND contype = 'p' WHERE indrelid = %s::regclass ORDER BY indexrelid
"""


def run(statement: str, parameters: Any = None) -> Any:
    """One statement; the first column of its first row, if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def fill_days(*, rows: int, first: datetime, days: int, granularity: Granularity | None = None) -> None:
    """``rows`` visits in the real table, as many each day, and nothing else in it; the same for the same seed."""
    drop_days()
    granularity = granularity or Granularity(settings.VISIT_PARTITIONS)
    wanted = [(first + number * DAY).date() for number in range(days + AHEAD)]
    made = planned(wanted, [], granularity)
    last, parts, done = first + days * DAY, [], 0
    for span in made:
        start, end = max(begin(span.first), first), min(begin(span.end), last)
        upto = max(0, (end - first).days) * rows // days
        parts.append((start, done, upto - done, span, (end - start).days))
        done = max(done, upto)
    _in_parallel(partial(_fill_span, visitors=_visitors(rows)), parts)
    with transaction.atomic():
        for span in made:
            between = [begin(span.first), begin(span.end)]
            run(f"ALTER TABLE {TABLE} ATTACH PARTITION {span.name} FOR VALUES FROM (%s) TO (%s)", between)
    run(f"VACUUM (ANALYZE) {TABLE}")  # as it was long ago at work: or autovacuum would hold what is measured


def fill_plain(table: str, *, rows: int, first: datetime, days: int) -> None:
    """``rows`` visits over as many days, in a table in one piece."""
    make_plain(table)
    half = rows // 2
    parts = [(first, 0, half), (first + timedelta(days=days) / 2, half, rows - half)]
    _in_parallel(partial(_insert, table, visitors=_visitors(rows), days=days / 2), parts)
    _index(table)
    run(f"VACUUM (ANALYZE) {table}")


def copy_plain(table: str) -> None:
    """The visits of the real table, in a table in one piece."""
    make_plain(table)
    run(f"INSERT INTO {table} SELECT * FROM {TABLE}")
    _index(table)
    run(f"VACUUM (ANALYZE) {table}")


def make_plain(table: str) -> None:
    """An empty table like the visits', in one piece and without indexes."""
    run(f"DROP TABLE IF EXISTS {table}")
    _make(table)


def _in_parallel(action: Callable[..., None], parts: list[tuple[Any, ...]]) -> None:
    """One writer for each processor, on a connection of its own."""
    writers = os.cpu_count() or 1

    def write(number: int) -> None:
        for part in parts[number::writers]:
            action(*part)
        connection.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))


def _fill_span(
    first: datetime, start: int, rows: int, span: PartitionRange, days: int, *, visitors: int
) -> None:
    with transaction.atomic():
        _make(span.name)
        _insert(span.name, first, start, rows, visitors=visitors, days=days)
        _index(span.name)


def _make(table: str) -> None:
    run(f"CREATE TABLE {table} (LIKE {TABLE} INCLUDING ALL EXCLUDING INDEXES)")


def _index(table: str) -> None:
    """The indexes of the real table, which takes such a table as its own without building them again."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [TABLE])
        for key, definition in cursor.fetchall():
            run(
                f"ALTER TABLE {table} ADD {key}"
                if key
                else f"CREATE INDEX ON {table} {USING.findall(definition)[0]}"
            )


def _visitors(rows: int) -> int:
    return max(1, rows // 20)


def _insert(table: str, first: datetime, start: int, rows: int, *, visitors: int, days: float) -> None:
    if rows:
        facts = {"rows": rows, "first": first, "days": days, "start": start, "visitors": visitors}
        run("SELECT setseed(%s)", [(SEED + start * GOLDEN) % 1])  # another one for each part
        run(FILL.format(table=table, within=WITHIN), facts)


def drop_days() -> None:
    """Take every partition off the real table, and forget what was counted of it."""
    for span in partitions.attached():
        run(f"DROP TABLE {span.name}")
    run("TRUNCATE privacy_countedday, privacy_dailytotal")


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
