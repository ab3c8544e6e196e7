"""Promises about the count of visits, which needs no consent as long as they are kept (act 78-17, article 82)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from privacy.datamap.declarations import Category
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.visits import ingestion, recording
from privacy.visits.counting_models import DailyTotal, RecordingObjection
from privacy.visits.daily_totals import OTHER, SMALLEST_CROWD
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import TABLE
from privacy.visits.store import VisitSpool

ADDRESSES = ["inet", "cidr", "macaddr", "macaddr8"]
COLUMNS = f"""
SELECT count(*) FILTER (WHERE format_type(atttypid, NULL) = ANY (%s) OR attname ~ '(^|_)(ip|address)($|_)'), count(*)
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE c.relname ~ '^{TABLE}(_[0-9]{{8}})*$' AND c.relkind IN ('r', 'p')
  AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '{TABLE}'::regclass)
  AND attnum > 0 AND NOT attisdropped
"""  # noqa: S608
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
        "cookies.count_no_address",
        "cookies",
        _("No visit holds an IP address."),
        _("columns and waiting lines that could hold one"),
        _addresses,
    )
    yield Promise(
        "cookies.count_alone",
        "cookies",
        _("The number that tells visits apart stands with no other data."),
        _("numbers of the last day that do"),
        _numbers_elsewhere,
    )
    yield Promise(
        "cookies.count_anonymous",
        "cookies",
        _(
            "Statistics on visits name a page or a site only where at least %(crowd)s browsers came on one day."
        )
        % {"crowd": SMALLEST_CROWD},
        _("totals of fewer"),
        _small_totals,
    )
    yield Promise(
        "cookies.objection_deletes",
        "cookies",
        _("When a browser objects, the visits already recorded of it are deleted."),
        _("objections after which some are left"),
        _left_after_objection,
    )


def _addresses(check_run: CheckRun) -> Evidence:
    """In the database as it is, also in partitions taken off; in what is declared; and in lines that wait."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [ADDRESSES])
        found, columns = cursor.fetchone()
    declared = [datum.category for datum in Visit.personal_data.fields.values()]
    declared += VisitSpool.data.contents.values()
    lines = list(recording.spool().lines())
    old = sum(map(bytes.__ne__, lines, ingestion.without_addresses(lines)))
    return none_of(
        found + declared.count(Category.IP_ADDRESS) + old, among=columns + len(declared) + len(lines)
    )


def _numbers_elsewhere(check_run: CheckRun) -> Evidence:
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
    return none_of(found, among=numbers)


def _small_totals(check_run: CheckRun) -> Evidence:
    named = ~Q(path=OTHER)
    return none_among(DailyTotal.objects.all(), named & (Q(visits__lt=SMALLEST_CROWD) | Q(has_cookie=False)))


def _left_after_objection(check_run: CheckRun) -> Evidence:
    theirs = Visit.objects.filter(visitor=OuterRef("visitor"))
    return none_among(RecordingObjection.objects.all(), Q(Exists(theirs)))
