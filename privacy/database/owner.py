"""The two roles of the database: the owner, who migrates, and the application, which everything else runs as.

``DATABASE_URL`` is the application's address and ``DATABASE_OWNER_URL`` the owner's. Without the second, one role does
both, and the database cannot keep the application from rewriting a ledger (privacy.W005).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

# Whether the role that asks may make objects, and owns the tables that there are.
MIGRATES = """
SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass('privacy_auditentry')
                  AND NOT pg_has_role(c.relowner, 'USAGE'))
"""
WHO = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


def application_role() -> str | None:
    """The role to give rights to; ``None`` where the owner and the application are one."""
    role = str(settings.DATABASE_ROLE)
    return role if settings.DATABASE_OWNER and settings.DATABASE_OWNER["USER"] != role else None


def is_connected() -> bool:
    """Whether this connection can migrate."""
    with connection.cursor() as cursor:
        cursor.execute(MIGRATES)
        return bool(cursor.fetchone()[0])


@contextmanager
def connected() -> Iterator[None]:
    """Meanwhile the connection of this thread is the owner's, to the same database."""
    owner = settings.DATABASE_OWNER
    if not owner:
        yield
        return
    before = {name: connection.settings_dict[name] for name in WHO}
    connection.close()
    connection.settings_dict.update({name: owner.get(name) or before[name] for name in WHO})
    connection.settings_dict["OPTIONS"] = owner.get("OPTIONS", {})  # what its address asks for, such as TLS
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
