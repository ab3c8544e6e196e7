"""The functions of the owner's by which the application deletes from ledgers and makes and drops partitions.

The application has no right to do so itself. Each function runs as the owner (SECURITY DEFINER) with a search path of
its own, and checks what it is asked for:

* ``privacy_delete_<table>``, one for each table that the database keeps and whose rows may go: a row goes where its
  declared period was over at the cut-off of the purge whose line is the certificate, where the table is erased with a
  person and an erasure is the certificate, or where the row it depends on is gone. Anything else, and nothing goes. The
  removal is recorded by the function, since nobody else may.
* ``privacy_make_visits``, ``privacy_detach_visits`` and ``privacy_drop_visits``: partitions of visits by the days in
  their names; taken off and dropped only when their first day is due under the line of a running purge.

What makes a row due must not be the application's to change. Its period counts from a date that stands in a row which
may change, such as the closing of a request: triggers refuse to move that date back, and to hang a row on another
parent (:func:`dates`, :func:`parents`).

They are written anew at each ``migrate`` out of the models and their declarations: a new ledger has its function, and
a changed period is the changed bound.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from django.db.models import Model, Q
from django.db.models.lookups import LessThanOrEqual

from privacy.audit import ledger
from privacy.audit.ledger import AppendOnlyModel
from privacy.audit.models import AuditEntry
from privacy.datamap.periods import expires_expression, is_over_sql
from privacy.datamap.registry import Holding, holdings
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights.models import Hold
from privacy.seals.models import Removal
from privacy.visits.counting_models import PERIOD
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import LONGEST, MOST, TABLE

# Whatever the clock of a machine says, nothing goes whose period ends later than this, by the clock of the database.
CLOCKS_DIFFER = "1 day"
# A replay of the journal writes ends that are as old as the backup, and no older. Since each period is longer by years,
# nothing that ended lately can be made due.
ENDS_BACK = "1 year"
CUT_OFF = datetime(9999, 1, 1, tzinfo=UTC)  # stands for the cut-off in SQL that Django writes
KEEPS = {models.PROTECT, models.RESTRICT, models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING}

# The time zone, too: a session can have one in which UTC and Europe/Paris mean what it likes.
SIGNATURE = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp SET TimeZone = 'UTC'"
)
LATEST = """
CREATE OR REPLACE FUNCTION privacy_latest_cut_off() RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + interval '{differ}' $$;
"""
EARLIEST = """
CREATE OR REPLACE FUNCTION privacy_earliest_end() RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() - interval '{back}' $$;
"""
CERTIFIED = f"""
CREATE OR REPLACE FUNCTION privacy_certified(p_kind text, p_number bigint, p_ledger text) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, {{schema}}, pg_temp AS $$
DECLARE v_line record;
BEGIN
    IF p_kind = 'erasure' AND p_number IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT l.holding, l.cut_off INTO v_line
    FROM {PurgeLine._meta.db_table} l JOIN {PurgeRun._meta.db_table} r ON r.id = l.run_id
    WHERE p_kind = 'purge' AND l.id = p_number AND r.state = 'RUNNING';
    IF NOT FOUND OR v_line.cut_off > privacy_latest_cut_off() THEN
        RAISE EXCEPTION '% % certifies nothing', p_kind, p_number USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN v_line.holding = p_ledger THEN v_line.cut_off END;
END $$;
"""  # noqa: S608
DELETE = f"""
CREATE OR REPLACE FUNCTION privacy_delete_{{table}}(
    p_kind text, p_number bigint, p_keys {{type}}[], p_actor text, p_source text
) RETURNS bigint {SIGNATURE} AS $$
DECLARE
    v_cut_off timestamptz := privacy_certified(p_kind, p_number, '{{label}}');
    v_gone text[];
BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    PERFORM set_config('privacy.deleted_by', 'privacy_delete_{{table}}', true);
    WITH gone AS (
        DELETE FROM {{table}} r WHERE r.{{key}} = ANY (p_keys) AND ({{condition}}) RETURNING r.{{key}}
    ) SELECT array_agg({{key}}::text ORDER BY {{key}}::text) INTO v_gone FROM gone;
    PERFORM set_config('privacy.deleted_by', '', true);
    IF EXISTS (SELECT FROM {{table}} r WHERE r.{{key}} = ANY (p_keys)) THEN
        RAISE EXCEPTION 'rows of {{table}} that % % does not let go', p_kind, p_number
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF v_gone IS NOT NULL THEN
        INSERT INTO {Removal._meta.db_table} (ledger, keys, actor, source, certificate)
        VALUES ('{{label}}', v_gone, p_actor, p_source, p_kind || ':' || p_number);
    END IF;
    RETURN coalesce(cardinality(v_gone), 0);
END $$;
"""  # noqa: S608
# The entry of an erasure is written last, because it counts: so what it certifies, and whether it counts all that went,
# is checked when it all ends. The trigger is made anew each time, in case somebody put it to sleep.
REMOVED = f"""
CREATE OR REPLACE FUNCTION privacy_check_removal() RETURNS trigger {SIGNATURE} AS $$
BEGIN
    IF NEW.certificate LIKE 'erasure:%' AND NOT EXISTS (
        SELECT FROM {AuditEntry._meta.db_table} e
        WHERE e.id = split_part(NEW.certificate, ':', 2)::bigint AND e.action IN ({{actions}})
          AND e.ledger_xid = pg_current_xact_id()::text::bigint
          AND (e.detail ->> 'rows')::bigint + coalesce((e.detail ->> 'dependants')::bigint, 0) >= (
              SELECT sum(cardinality(keys)) FROM {Removal._meta.db_table} WHERE certificate = NEW.certificate)
    ) THEN
        RAISE EXCEPTION 'no entry of this transaction is %, and counts what went', NEW.certificate
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS privacy_removal_certified ON {Removal._meta.db_table};
CREATE CONSTRAINT TRIGGER privacy_removal_certified AFTER INSERT ON {Removal._meta.db_table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy_check_removal();
"""  # noqa: S608
ENDS = f"""
CREATE OR REPLACE FUNCTION privacy_refuse_end() RETURNS trigger {SIGNATURE} AS $$
DECLARE
    v_old timestamptz := to_jsonb(OLD) ->> TG_ARGV[0];
    v_new timestamptz := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF v_new < coalesce(v_old, 'infinity') AND v_new < privacy_earliest_end() THEN
        RAISE EXCEPTION '% of % is not moved back to %', TG_ARGV[0], TG_TABLE_NAME, v_new
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION privacy_refuse_parent() RETURNS trigger {SIGNATURE} AS $$
BEGIN
    RAISE EXCEPTION 'a row of % goes to no other parent', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
# From the parent by which it is kept a row does not part; to another with which it would go it does not come.
PARTS, COMES = "OLD.{column} IS NOT NULL", "NEW.{column} IS NOT NULL"
# Made anew each time, in case somebody put one to sleep.
GUARD = """
DROP TRIGGER IF EXISTS {table}_{column}_{name} ON {table};
CREATE TRIGGER {table}_{column}_{name} BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN ({condition} OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION privacy_refuse_{name}('{column}');
"""
# The days that the name of a partition tells; none for any other table.
DAYS = f"""
CREATE OR REPLACE FUNCTION privacy_first_day(p_name text) RETURNS date LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_date(substring(p_name from '^{TABLE}_([0-9]{{{{8}}}})(?:_[0-9]{{{{8}}}})?$'), 'YYYYMMDD')
$$;
CREATE OR REPLACE FUNCTION privacy_require_due(p_line bigint, p_name text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, {{schema}}, pg_temp AS $$
DECLARE
    v_cut_off timestamptz := privacy_certified('purge', p_line, '{Visit._meta.label_lower}');
    v_first date := privacy_first_day(p_name);
BEGIN
    IF v_first IS NULL OR v_cut_off IS NULL OR NOT ({{is_over}}) THEN
        RAISE EXCEPTION '% is no partition of visits that line % lets go', p_name, p_line
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
"""  # noqa: S608
MAKE = f"""
CREATE OR REPLACE FUNCTION privacy_make_visits(p_first date, p_end date) RETURNS void {SIGNATURE} AS $$
DECLARE v_name text := '{TABLE}_' || to_char(p_first, 'YYYYMMDD')
    || CASE WHEN p_end = p_first + 1 THEN '' ELSE '_' || to_char(p_end, 'YYYYMMDD') END;
BEGIN
    IF p_first IS NULL OR p_end IS NULL OR p_end <= p_first OR p_end > p_first + {LONGEST.days}
      OR (SELECT count(*) FROM pg_inherits WHERE inhparent = '{{schema}}.{TABLE}'::regclass) >= {MOST} THEN
        RAISE EXCEPTION 'no partition of visits is made from % to %', p_first, p_end
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('CREATE TABLE {{schema}}.%I (LIKE {{schema}}.{TABLE} INCLUDING ALL)', v_name);
    EXECUTE format('ALTER TABLE {{schema}}.{TABLE} ATTACH PARTITION {{schema}}.%I FOR VALUES FROM (%L) TO (%L)',
        v_name, to_char(p_first, 'YYYY-MM-DD') || 'T00:00:00+00:00', to_char(p_end, 'YYYY-MM-DD') || 'T00:00:00+00:00');
END $$;
"""  # noqa: S608
DETACH = f"""
CREATE OR REPLACE FUNCTION privacy_detach_visits(p_line bigint, p_name text) RETURNS void {SIGNATURE} AS $$
BEGIN
    PERFORM privacy_require_due(p_line, p_name);
    EXECUTE format('ALTER TABLE {{schema}}.{TABLE} DETACH PARTITION {{schema}}.%I %s', p_name, (
        SELECT CASE WHEN inhdetachpending THEN 'FINALIZE' ELSE '' END FROM pg_inherits
        WHERE inhrelid = to_regclass('{{schema}}.' || p_name)));
END $$;
"""  # noqa: S608
DROP = f"""
CREATE OR REPLACE FUNCTION privacy_drop_visits(p_line bigint, p_names text[]) RETURNS void {SIGNATURE} AS $$
BEGIN
    PERFORM privacy_require_due(p_line, each) FROM unnest(p_names) each;
    IF EXISTS (SELECT FROM pg_class c JOIN unnest(p_names) each ON c.oid = to_regclass('{{schema}}.' || each)
               WHERE c.relispartition OR c.relkind <> 'r') THEN
        RAISE EXCEPTION 'still a partition' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE (SELECT 'DROP TABLE ' || string_agg(format('{{schema}}.%I', each), ', ') FROM unnest(p_names) each);
END $$;
"""  # noqa: S608
ORPHANED = "r.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} p WHERE p.{key} = r.{column})"
HELD = "NOT EXISTS (SELECT FROM {holds} h WHERE h.lifted_at IS NULL AND h.about = r.{column})"
FOR_VISITS = ("privacy_make_visits", "privacy_detach_visits", "privacy_drop_visits")
OBSOLETE = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'privacy\\_delete\\_%%'
  AND p.proname <> ALL (%s)
"""


def install_for_visits() -> None:
    """What migrations need, too. Call it as the owner; the tables need not exist yet."""
    bound_cut_offs(CLOCKS_DIFFER)
    facts = {"schema": _schema(), "is_over": _day_is_over()}
    for definition in (CERTIFIED, DAYS, MAKE, DETACH, DROP):
        _run(definition.format(**facts))


def bound_cut_offs(differ: str) -> None:
    """How far in the future the cut-off of a purge may lie, by the clock of the database, as an interval in SQL."""
    _run(LATEST.format(differ=differ))


def install() -> None:
    """All of them, out of the models. Call it as the owner, when everything is migrated."""
    install_for_visits()
    schema, actions = _schema(), ", ".join(f"'{action}'" for action in ledger.ERASURES)
    _run(ledger.FUNCTION)
    _run(REMOVED.format(schema=schema, actions=actions))
    for model, condition in deletable().items():
        assert model._meta.pk is not None
        names = {"table": model._meta.db_table, "label": model._meta.label_lower, "schema": schema}
        key = {"key": model._meta.pk.column, "type": model._meta.pk.rel_db_type(connection)}
        _run(DELETE.format(condition=condition, **names, **key))
    _guard_periods(schema)
    _drop_obsolete()


def bound_ends(back: str) -> None:
    """How far in the past an end may be set that was not there yet, by the clock of the database."""
    _run(EARLIEST.format(back=back))


def dates() -> set[tuple[str, str]]:
    """Table and column of each date, in a row that may change, from which the period of a kept row counts."""
    return {
        each for known in _kept_holdings() for lookup in _ends(known) for each in _date(known.model, lookup)
    }


def parents() -> dict[tuple[str, str], str]:
    """Table and column by which a kept row that may change hangs on the one that it goes with, and what is refused."""
    changing = [model for model in deletable() if not issubclass(model, AppendOnlyModel)]
    hanging = {
        (model._meta.db_table, str(column.column)): COMES
        for model in changing
        for column in model._meta.concrete_fields
        if _parent(column)
    }
    kept_by = (
        (each.model._meta, lookup.split("__")[0]) for each in _kept_holdings() for lookup in _ends(each)
    )
    return hanging | {
        key: PARTS for meta, name in kept_by if (key := (meta.db_table, f"{name}_id")) in hanging
    }


def names() -> set[str]:
    """Those that the application calls."""
    return {*FOR_VISITS, *(f"privacy_delete_{model._meta.db_table}" for model in deletable())}


def deletable() -> dict[type[Model], str]:
    """The kept tables whose rows may go, each with its condition in SQL."""
    kept, known = ledger.kept(), {each.model: each for each in holdings()}
    chosen = [model for model in apps.get_models() if model._meta.db_table in kept]
    found = {model: " OR ".join(_conditions(model, known.get(model))) for model in chosen}
    return {model: condition for model, condition in found.items() if condition}


def _conditions(model: type[Model], known: Holding | None) -> Iterator[str]:
    if known:
        due = f"v_cut_off IS NOT NULL AND r.{known.model._meta.pk.column} IN ({_due(known)})"
        yield " AND ".join([due, *_free_of_holds(known)])
        if not known.data.erasure_exemption:
            yield "p_kind = 'erasure'"
    for column in model._meta.concrete_fields:
        if (found := _parent(column)) is not None:
            parent = found._meta
            yield ORPHANED.format(column=column.column, parent=parent.db_table, key=parent.pk.column)


def _free_of_holds(known: Holding) -> Iterator[str]:
    """Where the row itself says by pseudonym whose it is: the database cannot work one out."""
    about = known.data.subject.get("fingerprints", "")
    if about and "__" not in about:
        yield HELD.format(
            column=vars(known.model._meta.get_field(about))["column"], holds=Hold._meta.db_table
        )


def _parent(column: Any) -> type[Model] | None:
    """The model with whose row a row goes along."""
    goes_along = column.remote_field and column.remote_field.on_delete not in KEEPS
    return column.remote_field.model if goes_along else None


def _kept_holdings() -> Iterator[Holding]:
    kept = deletable()
    return (each for each in holdings() if each.model in kept)


def _ends(known: Holding) -> Iterator[str]:
    return filter(None, (known.data.keep.since, known.data.keep.until))


def _date(model: type[Model], lookup: str) -> Iterator[tuple[str, str]]:
    """None where a ledger holds the date: it cannot change."""
    *steps, name = lookup.split("__")
    for step in steps:
        model = cast("type[Model]", model._meta.get_field(step).related_model)
    if not issubclass(model, AppendOnlyModel):
        yield model._meta.db_table, str(vars(model._meta.get_field(name))["column"])


def _guard_periods(schema: str) -> None:
    bound_ends(ENDS_BACK)
    _run(ENDS.format(schema=schema))
    guarded = [("end", table, column, "") for table, column in dates()]
    guarded += [("parent", *key, f"{condition} AND") for key, condition in parents().items()]
    for name, table, column, condition in sorted(guarded):
        facts = {"name": name, "table": table, "column": column}
        _run(GUARD.format(condition=condition.format(**facts), **facts))


def _due(known: Holding) -> str:
    """The keys of ``p_keys`` whose period is over at ``v_cut_off``; what the purge asks, without its shortcuts."""
    keep, table, key = known.data.keep, known.model._meta.db_table, known.model._meta.pk
    assert key is not None
    is_over = Q(LessThanOrEqual(expires_expression(keep.since, keep.period), CUT_OFF))
    if keep.until:
        is_over |= Q(**{f"{keep.until}__lte": CUT_OFF})
    rows = known.model._base_manager.filter(is_over).order_by().values(key.name)
    asked = rows.extra(where=[f'"{table}"."{key.column}" = ANY (p_keys)'])  # noqa: S610
    return _with_cut_off(*asked.query.sql_with_params())


def _day_is_over() -> str:
    """As :func:`privacy.visits.partitions.is_due`."""
    begin = "v_first::timestamp AT TIME ZONE 'UTC'"
    midnight = "(v_first + 1)::timestamp AT TIME ZONE 'Europe/Paris'"
    asked = (is_over_sql(instant, PERIOD, CUT_OFF) for instant in (begin, midnight))
    return " OR ".join(_with_cut_off(sql, tuple(parameters)) for sql, parameters in asked)


def _with_cut_off(sql: str, parameters: Iterable[object]) -> str:
    with connection.cursor() as cursor:
        written, stands = (
            str(cursor.mogrify(each, with_), "utf-8")
            for each, with_ in ((sql, tuple(parameters)), ("%s", (CUT_OFF,)))
        )
    return written.replace(stands, "v_cut_off")


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])


def _drop_obsolete() -> None:
    """Of tables that are not kept any more, or whose rows may not go any more."""
    with connection.cursor() as cursor:
        cursor.execute(OBSOLETE, [sorted(names())])
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {signature}")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
