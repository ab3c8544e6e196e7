"""Tables and columns that no model knows: created by hand, or left behind.

The data map is read from the models, so personal data in these would be kept for ever and shown to nobody.
"""

from django.apps import apps
from django.db import connection

from privacy.datamap.registry import holdings
from privacy.seals import sealing

MIGRATIONS = "django_migrations"  # Django registers no model for it
TABLES = """
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""
COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE pg_table_is_visible(c.oid) AND c.relname = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
"""


def unknown() -> tuple[list[str], int]:
    """The tables without a model and the columns (`table.column`) without a field, and how many there are in all."""
    known = _known()
    leaving = set().union(*(holding.data.purged_by.detached_tables() for holding in holdings()))
    tables, columns = {name for (name,) in _ask(TABLES)}, _ask(COLUMNS, list(known))
    strange = tables - set(known) - leaving - {MIGRATIONS}
    unnamed = [f"{table}.{column}" for table, column in columns if column not in known[table]]
    return sorted([*strange, *unnamed]), len(tables) + len(columns)


def _known() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        names = known.setdefault(model._meta.db_table, set())
        names.update(str(field.column) for field in model._meta.concrete_fields)
    for ledger in sealing.ledgers():
        known[ledger._meta.db_table].update(sealing.HIDDEN)
    return known


def _ask(question: str, *arguments: list[str]) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, arguments)
        return list(cursor.fetchall())
