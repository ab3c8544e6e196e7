"""Append-only tables (ledgers): the database refuses to change their rows.

The application's role has no right to UPDATE, DELETE or TRUNCATE them (:mod:`privacy.database.rights`), and a trigger
refuses it to everybody. Purge and erasure delete through :func:`delete`: functions of the owner's, one for each table
whose rows may go, which check the certificate (:mod:`privacy.database.functions`). A ledger is corrected by a new row.

Each ledger has two columns that no model knows: the transaction that wrote the row, so that no seal misses one, and a
random number (salt), so that the row's hash reveals nothing once the row is erased. Both are column defaults, which
cost a writer some microseconds. The index by transaction is a BRIN index that is summarised as the table grows:
otherwise each seal would read whatever was written since the last vacuum, which comes later the larger the ledger is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from django.apps import apps
from django.db import connection, models
from django.db.migrations.operations import RunSQL

BODY = """
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('privacy.deleted_by', true) = 'privacy_delete_' || TG_TABLE_NAME
      AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = TG_RELID) THEN
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


KEPT = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
WHERE f.proname = 'privacy_refuse_change' AND t.tgtype & 8 > 0
"""
# Types as pg_trigger counts them: before each row that is updated or deleted (27), before a truncation (34).
GUARDED = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
WHERE f.proname = 'privacy_refuse_change' AND f.prosrc = %s AND t.tgqual IS NULL AND t.tgattr = ''::int2vector
  AND (tgname = c.relname || '_rows' AND tgtype = 27 AND tgenabled = 'A'
    OR tgname = c.relname || '_whole' AND tgtype = 34 AND tgenabled IN ('O', 'A'))
GROUP BY c.relname HAVING count(*) = 2
"""


# The entries of the audit trail under whose number what is about a person goes from ledgers.
ERASED, REPLAYED = "privacy.erasure.erased", "privacy.erasure.replayed_for_person"
OBJECTED = "privacy.objection.carried_out"
ERASURES = (ERASED, REPLAYED, OBJECTED)


class AppendOnlyError(RuntimeError):
    """Somebody tried to change a row of a ledger."""


class AppendOnlyModel(models.Model):
    """Base of the ledgers. The table also needs :class:`ProtectTable` in a migration.

    Its rows are sealed unless ``is_sealed`` is false. ``dated_by`` names the field that holds when a row was written,
    where it holds that and nothing else. What ``is_written_by_functions`` is written by functions of the database's
    owner alone.
    """

    is_sealed: ClassVar[bool] = True
    is_written_by_functions: ClassVar[bool] = False
    dated_by: ClassVar[str] = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises :class:`AppendOnlyError` for a row that already stands."""
        if not self._state.adding:
            raise AppendOnlyError(self._meta.label)
        super().save(*args, **kwargs | {"force_insert": True})


def tables() -> set[str]:
    """The names of the tables of all ledgers."""
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel)}


def kept() -> set[str]:
    """The tables whose rows the database keeps from being deleted: ledgers, and those of :class:`KeepTable`."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        return tables() | {name for (name,) in cursor.fetchall()}


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


@dataclass(frozen=True)
class Certificate:
    """What a deletion rests on: ``purge`` and a line of a purge that runs, or ``erasure`` and an entry of the trail.

    The entry is written later in the same transaction, under a number from :func:`privacy.audit.trail.next_number`.
    """

    kind: Literal["purge", "erasure"]
    number: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


class UncertifiedError(RuntimeError):
    """Rows that the database keeps would be deleted without a certificate."""


def delete(
    model: type[models.Model], keys: Iterable[object], certificate: Certificate, *, actor: str, source: str
) -> int:
    """Delete the rows of a ledger, or of a table that is kept, and record it; returns how many there were.

    Rows on which they depend must be gone by now, in this transaction. The database refuses any row that is neither
    past its period nor the certificate's for another reason.
    """
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT privacy_delete_{table}(%s, %s, %s::{key.rel_db_type(connection)}[], %s, %s)",
            [certificate.kind, certificate.number, [str(each) for each in keys], actor, source],
        )
        return int(cursor.fetchone()[0])
