"""What tests of seals share: a hand on the database that goes past its triggers, and what is found then."""

from io import StringIO

from django.core.management import call_command
from django.db import connection, transaction

from privacy.seals import verification
from privacy.seals.verification import FaultKind
from tests import roles

TABLES = ("auditentry", "removal", "seal", "sealedrow", "dailyseal", "verification")
INSERT = """
INSERT INTO privacy_auditentry (at, actor, source, action, kind, key, about, detail, ledger_xid)
VALUES (%s, 'user:1', 'test', 'test.forged', '', '', '', '{}', coalesce(%s, pg_current_xact_id()::text::bigint))
"""
REMOVAL = """
INSERT INTO privacy_removal (ledger, keys, actor, source, certificate)
VALUES ('privacy.auditentry', %s, 'system', 'test', %s)
"""


def tamper(statement: str, *arguments: object) -> None:
    """What somebody could do who owns the database."""
    with transaction.atomic(), roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE privacy_{table} DISABLE TRIGGER USER")
        cursor.execute(statement, arguments)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE privacy_{table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE privacy_{table} ENABLE ALWAYS TRIGGER privacy_{table}_rows")


def faults() -> list[tuple[FaultKind, str]]:
    """What the verification names: the kind, and the row or the seal."""
    return [(fault.kind, fault.key or str(fault.seal)) for fault in verification.verify().faults]


def run(command: str, *arguments: str) -> str:
    """What a command of manage.py says."""
    said = StringIO()
    call_command(command, *arguments, stdout=said)
    return said.getvalue()
