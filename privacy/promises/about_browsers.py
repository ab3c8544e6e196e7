"""The promise about the number of a browser: with its visits, and nowhere else."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from privacy.datamap.registry import holding
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.visits.counting_models import RecordingObjection
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import TABLE

# Where else a number of a browser could stand: keys of our own rows, and what points to them, are made by ourselves.
NUMBERS = f"""
SELECT c.oid::regclass::text, quote_ident(attname), format_type(atttypid, NULL) = 'uuid[]'
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE format_type(atttypid, NULL) IN ('uuid', 'uuid[]') AND c.relkind = 'r' AND NOT attisdropped
  AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '{TABLE}'::regclass)
  AND c.relname !~ '^({TABLE}(_[0-9]{{8}})*|{RecordingObjection._meta.db_table})$'
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                  WHERE k.conrelid = c.oid AND k.contype IN ('p', 'f') AND attnum = ANY (k.conkey))
"""  # noqa: S608
# It could also stand within a text, which no index finds. A row that was written lately is near the end of its table,
# so its last pages are enough, and cost the same for a table of any size.
LAST_PAGES = 100
UUID_WITHIN = (
    r"\m[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\M"  # with or without dashes
)
TABLES = f"""
SELECT c.oid::regclass::text, greatest(0, pg_relation_size(c.oid) / current_setting('block_size')::int - {LAST_PAGES})
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '{TABLE}'::regclass)
  AND c.relname !~ '^({TABLE}(_[0-9]{{8}})*|{RecordingObjection._meta.db_table})$'
"""  # noqa: S608
STANDING_ELSEWHERE = f"""
WITH numbers AS MATERIALIZED (SELECT DISTINCT visitor AS number FROM {TABLE} WHERE at > %s),
  elsewhere AS ({{elsewhere}})
SELECT (SELECT count(DISTINCT number) FROM numbers JOIN elsewhere USING (number)), (SELECT count(*) FROM numbers)
"""  # noqa: S608


def promises() -> Iterator[Promise]:
    yield Promise(
        "data.number",
        "data",
        _("The number of a browser stands with its visits and nowhere else: nobody is looked up by it."),
        _("numbers of the last day that stand elsewhere"),
        _elsewhere,
    )


def _elsewhere(check_run: CheckRun) -> Evidence:
    """Those of the last day: a number that stands elsewhere is noticed on each day on which its browser comes.

    In columns of numbers wherever it stands, and within texts of the rows that were written last.
    """
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS)
        columns = [
            f"SELECT {f'unnest({column})' if is_array else column} AS number FROM {table}"  # noqa: S608
            for table, column, is_array in cursor.fetchall()
        ]
        cursor.execute(TABLES)
        columns += [
            f"SELECT (regexp_matches(row_::text, '{UUID_WITHIN}', 'gi'))[1]::uuid FROM {table} row_"  # noqa: S608
            f" WHERE ctid >= '({page},0)'"
            for table, page in cursor.fetchall()
        ]
        elsewhere = " UNION ALL ".join(columns) or "SELECT NULL::uuid AS number"
        since = check_run.now - timedelta(days=1)
        cursor.execute(STANDING_ELSEWHERE.format(elsewhere=elsewhere), [since])
        found, numbers = cursor.fetchone()
    return none_of(found + holding(Visit).is_searched, among=numbers)
