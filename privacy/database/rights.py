"""What the application's role may do in the database: given anew at each ``migrate``, out of the models.

A ledger it may read and add to; from a table that is kept it may not delete, nor give its rows other numbers; the
columns of seals and what functions of the owner's write are not its own to write. It makes no object of any kind,
temporary ones included: no feature needs one. Tables that no model knows, partitions among them, it may only read.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from psycopg2 import sql

from privacy.audit import ledger
from privacy.audit.ledger import AppendOnlyModel
from privacy.audit.models import AuditEntry
from privacy.database import functions
from privacy.seals import sealing

TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND pg_get_userbyid(c.relowner) = current_user
GROUP BY c.relname
"""
WHOLE = """
REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;
REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON DATABASE {database} FROM {role};
REVOKE ALL ON SCHEMA {schema} FROM {role};
GRANT CONNECT ON DATABASE {database} TO {role};
GRANT USAGE ON SCHEMA {schema} TO {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role};
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC, {role}
"""
FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = ANY (%s)
"""
# Of each table what an open role could do to it; of the database what it could do besides. The role asked about is
# the one that asks.
REWRITABLE = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (%(kept)s) AND (
  has_table_privilege(c.oid, 'DELETE, TRUNCATE, TRIGGER, REFERENCES') OR pg_has_role(c.relowner, 'MEMBER')
  OR c.relname = ANY (%(ledgers)s) AND has_any_column_privilege(c.oid, 'UPDATE')
  OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
             AND has_column_privilege(c.oid, i.indkey[0], 'UPDATE'))
  OR c.relname = ANY (%(functions)s) AND has_any_column_privilege(c.oid, 'INSERT')
  OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = ANY (%(hidden)s)
             AND has_column_privilege(c.oid, a.attnum, 'INSERT')))
"""
OPEN = ("SELECT", "INSERT", "UPDATE", "DELETE")
TOO_POWERFUL = """
SELECT EXISTS (SELECT FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER') AND (
    r.rolsuper OR r.rolcreaterole OR r.rolreplication
    OR r.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')))
  OR has_schema_privilege(current_schema(), 'CREATE') OR has_database_privilege(current_database(), 'CREATE, TEMP')
  OR has_parameter_privilege('session_replication_role', 'SET')
"""


@dataclass(frozen=True)
class TableRights:
    """What the application may do to one table; it may fill and change some columns alone, where they are named."""

    verbs: tuple[str, ...]
    insertable: tuple[str, ...] = ()
    updatable: tuple[str, ...] = ()


def give(role: str) -> None:
    """Give ``role`` what it needs, and take from it, and from everybody, what it does not. Call it as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = map(sql.Identifier, cursor.fetchone())
        who = sql.Identifier(role)
        cursor.execute(sql.SQL(WHOLE).format(schema=schema, database=database, role=who))
        cursor.execute(TABLES)
        for table, rights in _rights(dict(cursor.fetchall())).items():
            names = {"table": sql.Identifier(schema.string, table), "role": who}
            cursor.execute(sql.SQL("REVOKE ALL ON {table} FROM PUBLIC, {role}").format(**names))
            granted = sql.SQL(", ").join(_granted(rights))
            cursor.execute(sql.SQL("GRANT {granted} ON {table} TO {role}").format(granted=granted, **names))
        cursor.execute(FUNCTIONS, [sorted(functions.names())])
        for (signature,) in cursor.fetchall():
            cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(signature), who))


def rewritable() -> set[str]:
    """The kept tables that the role which asks could rewrite, by a right of its own or as their owner.

    All of them where it could make objects, put triggers to sleep or write files of the server, and where it is, or may
    become, a superuser or another role that could.
    """
    kept = ledger.kept()
    models = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]
    written = [model._meta.db_table for model in models if model.is_written_by_functions]
    facts = {"kept": sorted(kept), "ledgers": sorted(ledger.tables()), "functions": written}
    with connection.cursor() as cursor:
        cursor.execute(TOO_POWERFUL)
        if cursor.fetchone()[0]:
            return kept
        cursor.execute(REWRITABLE, facts | {"hidden": list(sealing.HIDDEN)})
        return {name for (name,) in cursor.fetchall()}


def is_migrated() -> bool:
    """Whether there is a ledger at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [AuditEntry._meta.db_table])
        return bool(cursor.fetchone()[0])


def _rights(tables: dict[str, list[str]]) -> dict[str, TableRights]:
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    kept, read = ledger.kept(), TableRights(("SELECT",))
    found = {}
    for table, columns in tables.items():
        model = models.get(table)
        if model is None:
            found[table] = read
        elif issubclass(model, AppendOnlyModel):
            own = tuple(column for column in columns if column not in sealing.HIDDEN)
            found[table] = read if model.is_written_by_functions else TableRights(("SELECT",), own)
        else:
            found[table] = _of_kept(model, columns) if table in kept else TableRights(OPEN)
    return found


def _of_kept(model: type[Model], columns: list[str]) -> TableRights:
    """A row of another number would leave those of a ledger that depend on it without theirs: free to go."""
    number = model._meta.pk and model._meta.pk.column
    return TableRights(("SELECT", "INSERT"), updatable=tuple(each for each in columns if each != number))


def _granted(rights: TableRights) -> list[sql.Composable]:
    granted: list[sql.Composable] = [sql.SQL(verb) for verb in rights.verbs]
    for verb, named in (("INSERT", rights.insertable), ("UPDATE", rights.updatable)):
        if named:
            columns = sql.SQL(", ").join(map(sql.Identifier, named))
            granted.append(sql.SQL("{} ({})").format(sql.SQL(verb), columns))
    return granted
