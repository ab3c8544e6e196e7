"""Ledgers: tables that are only ever added to, because the database refuses anything else.

UPDATE and TRUNCATE are refused by trigger. DELETE passes only inside :func:`deletion`, the one context manager
that purge and erasure share. A ledger is corrected by a new row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.operations import RunSQL

FUNCTION = """
CREATE OR REPLACE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('privacy.deletion', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of append-only table %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
PROTECT = """
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION privacy_refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows;
"""
UNPROTECT = "DROP TRIGGER {table}_rows ON {table}; DROP TRIGGER {table}_whole ON {table};"


class AppendOnly(RuntimeError):
    """Somebody tried to change a row of a ledger."""


class AppendOnlyModel(models.Model):
    """Base of the ledgers. The table also needs :class:`ProtectTable` in a migration."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add this row. Raises :class:`AppendOnly` for one that already stands."""
        if not self._state.adding:
            raise AppendOnly(self._meta.label)
        super().save(*args, **kwargs)


class ProtectTable(RunSQL):
    """Migration operation: from here on ``table`` can only be added to."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__([FUNCTION, PROTECT.format(table=table)], [UNPROTECT.format(table=table)])

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How the migration writer spells this operation."""
        return (self.__class__.__qualname__, [self.table], {})

    def describe(self) -> str:
        """One line for ``migrate``."""
        return f"Make {self.table} append-only"


@contextmanager
def deletion() -> Iterator[None]:
    """Let this transaction delete from ledgers: purge and erasure only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('privacy.deletion', 'on', true)")
        yield
        cursor.execute("SELECT set_config('privacy.deletion', '', true)")
