"""Proof that a row of a ledger is under a seal, which whoever the row is about can verify without us.

The leaf is the SHA-256 of one zero byte and the content of the row, as text. Joined with each hash of the path in
turn (SHA-256 of a byte of one, the left and the right), it gives the root of the seal.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction

from privacy.audit.ledger import AppendOnlyModel
from privacy.seals import merkle, sealing
from privacy.seals.models import Seal, SealedRow


@dataclass(frozen=True)
class Inclusion:
    """One row under its seal. Hashes are hexadecimal; each step of ``path`` is a side (left, right) and a hash."""

    seal: Seal
    content: str
    leaf: str
    path: list[tuple[str, str]]


def sealed(model: type[AppendOnlyModel], keys: Collection[int]) -> dict[int, Seal]:
    """The seal of each row that has one by now."""
    rows = SealedRow.objects.filter(ledger=model._meta.label_lower, key__in=[str(key) for key in keys])
    return {int(row.key): row.seal for row in rows.select_related("seal")}


def of(model: type[AppendOnlyModel], keys: Collection[int]) -> dict[int, Inclusion]:
    """The proof of each row that is sealed by now; the others are sealed within half a minute."""
    label = model._meta.label_lower
    rows = SealedRow.objects.filter(ledger=label, key__in=[str(key) for key in keys]).select_related("seal")
    leaves: dict[int, list[bytes]] = {}
    found = {}
    for row in rows:
        if row.seal_id not in leaves:
            under = SealedRow.objects.filter(seal=row.seal).order_by("position")
            leaves[row.seal_id] = list(map(bytes, under.values_list("leaf", flat=True)))
        place = leaves[row.seal_id].index(bytes(row.leaf))
        path = [(side, node.hex()) for side, node in merkle.path(leaves[row.seal_id], place)]
        content = _content(model, row.seal.columns[label], row.key)
        found[int(row.key)] = Inclusion(row.seal, content, bytes(row.leaf).hex(), path)
    return found


def _content(model: type[AppendOnlyModel], names: list[str], key: str) -> str:
    """The text that was hashed."""
    text = sealing.content_sql(model._meta.label_lower, names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        cursor.execute(f"SELECT {text} FROM {model._meta.db_table} r WHERE r.id = %s", [key])  # noqa: S608
        content: str = cursor.fetchone()[0]
    return content
