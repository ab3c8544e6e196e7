"""Append-only tables (ledgers): the database refuses to change their rows.

UPDATE and TRUNCATE are refused by trigger. DELETE passes only inside :func:`deletion`, the one context manager that
purge and erasure share. A ledger is corrected by a new row.

Each ledger has two columns that no model knows: the transaction that wrote the row, so that no seal misses one, and a
random number (salt), so that the row's hash reveals nothing once the row is erased. Both are column defaults, which
cost a writer some microseconds. The index by transaction is a BRIN index that is summarised as the table grows:
otherwise each seal would read whatever was written since the last vacuum, which comes later the larger the ledger is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.operations import RunSQL

BODY = """
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('privacy.deletion', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of append-only table %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END """
FUNCTION = f"""
CREATE OR REPLACE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$
"""
PROTECT = """
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows;
"""
SEALABLE = """
ALTER TABLE {table}
    ADD COLUMN IF NOT EXISTS ledger_xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    ADD COLUMN IF NOT EXISTS ledger_salt uuid NOT NULL DEFAULT gen_random_uuid();
CREATE INDEX IF NOT EXISTS {table}_by_xid ON {table}
    USING brin (ledger_xid) WITH (pages_per_range = 16, autosummarize = on);
"""
UNSEALABLE = "ALTER TABLE {table} DROP COLUMN IF EXISTS ledger_xid, DROP COLUMN IF EXISTS ledger_salt;"
KEEP = """
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change();
CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change();
"""
UNKEEP = "DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {table}_kept_whole ON {table};"
UNPROTECT = "DROP TRIGGER {table}_rows ON {table}; DROP TRIGGER {table}_whole ON {table};"


# Types as pg_trigger counts them: before each row that is updated or deleted (27), before a truncation (34).
GUARDED = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
WHERE f.proname = 'privacy_refuse_change' AND f.prosrc = %s AND t.tgqual IS NULL AND t.tgattr = ''::int2vector
  AND (tgname = c.relname || '_rows' AND tgtype = 27 AND tgenabled = 'A'
    OR tgname = c.relname || '_whole' AND tgtype = 34 AND tgenabled IN ('O', 'A'))
GROUP BY c.relname HAVING count(*) = 2
"""


class AppendOnlyError(RuntimeError):
    """Somebody tried to change a row of a ledger."""


class AppendOnlyModel(models.Model):
    """Base of the ledgers. The table also needs :class:`ProtectTable` in a migration.

    Its rows are sealed unless ``is_sealed`` is false. ``dated_by`` names the field that holds when a row was written,
    where it holds that and nothing else.
    """

    is_sealed: ClassVar[bool] = True
    dated_by: ClassVar[str] = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises :class:`AppendOnlyError` for a row that already stands."""
        if not self._state.adding:
            raise AppendOnlyError(self._meta.label)
        super().save(*args, **kwargs)


def tables() -> set[str]:
    """The names of the tables of all ledgers."""
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)}


def unprotected() -> set[str]:
    """The ledgers whose two triggers are not both switched on, or no longer do what they are for."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDED, [BODY])
        return tables() - {name for (name,) in cursor.fetchall()}


class ProtectTable(RunSQL):
    """Migration operation: from here on ``table`` is append-only, and its rows can be sealed."""

    def __init__(self, table: str, *, is_sealed: bool = True) -> None:
        self.table, self.is_sealed = table, is_sealed
        forwards = PROTECT + (SEALABLE if is_sealed else "")
        backwards = UNPROTECT + (UNSEALABLE if is_sealed else "")
        super().__init__([FUNCTION, forwards.format(table=table)], [backwards.format(table=table)])

    def deconstruct(self) -> tuple[str, list[str], dict[str, bool]]:
        return (self.__class__.__qualname__, [self.table], {} if self.is_sealed else {"is_sealed": False})

    def describe(self) -> str:
        return f"Make {self.table} append-only"


class KeepTable(RunSQL):
    """Migration operation: the rows of ``table`` may change, but only purge and erasure delete them."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__([FUNCTION, KEEP.format(table=table)], [UNKEEP.format(table=table)])

    def deconstruct(self) -> tuple[str, list[str], dict[str, bool]]:
        return (self.__class__.__qualname__, [self.table], {})

    def describe(self) -> str:
        return f"Keep {self.table} from being deleted by hand"


@contextmanager
def deletion() -> Iterator[None]:
    """Let this transaction delete from ledgers: purge and erasure only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('privacy.deletion', 'on', true)")
        yield
        cursor.execute("SELECT set_config('privacy.deletion', '', true)")
