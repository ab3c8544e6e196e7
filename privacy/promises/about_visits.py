"""Promises about the count of visits, which needs no consent as long as they are kept (act 78-17, article 82)."""

from collections.abc import Iterator

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


def promises() -> Iterator[Promise]:
    yield Promise(
        "cookies.count_no_address",
        "cookies",
        _("No visit holds an IP address."),
        _("columns and waiting lines that could hold one"),
        _addresses,
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


def _small_totals(check_run: CheckRun) -> Evidence:
    named = ~Q(path=OTHER)
    return none_among(DailyTotal.objects.all(), named & (Q(visits__lt=SMALLEST_CROWD) | Q(has_cookie=False)))


def _left_after_objection(check_run: CheckRun) -> Evidence:
    theirs = Visit.objects.filter(visitor=OuterRef("visitor"))
    return none_among(RecordingObjection.objects.all(), Q(Exists(theirs)))
