"""Whether each removal from a ledger has its certificate: the line of a purge, or the entry of an erasure.

Removals are written by the functions that delete. One that is written by hand would hide that a row was taken away.
"""

from dataclasses import dataclass

from django.db import connection

from privacy.audit import ledger
from privacy.seals.models import Removal, Seal, SealedRow

# An entry that certified an erasure is purged itself one day. Removals from before certificates were recorded bear
# none: they are older than the migration, and their seal is older than the first that covers the column, or that one.
UNCERTIFIED = f"""
SELECT r.id::text FROM {Removal._meta.db_table} r WHERE CASE split_part(r.certificate, ':', 1)
WHEN 'purge' THEN NOT EXISTS (SELECT FROM privacy_purgeline l WHERE r.certificate = 'purge:' || l.id)
WHEN 'erasure' THEN NOT EXISTS (
    SELECT FROM privacy_auditentry e WHERE r.certificate = 'erasure:' || e.id AND e.action = ANY (%(actions)s)
) AND NOT EXISTS (
    SELECT FROM {Removal._meta.db_table} later
    WHERE later.ledger = 'privacy.auditentry' AND split_part(r.certificate, ':', 2) = ANY (later.keys)
)
WHEN '' THEN r.at >= (
    SELECT min(applied) FROM django_migrations WHERE app = 'privacy' AND name LIKE '%%_removal_certificate'
) OR EXISTS (
    SELECT FROM {SealedRow._meta.db_table} s WHERE s.ledger = 'privacy.removal' AND s.key = r.id::text AND s.seal_id > (
        SELECT min(number) FROM {Seal._meta.db_table} WHERE columns -> 'privacy.removal' ? 'certificate')
)
ELSE true END
"""  # noqa: S608
DIFFERENT = f"""
WITH removed AS (
    SELECT certificate, ledger, sum(cardinality(keys)) AS rows FROM {Removal._meta.db_table}
    WHERE certificate <> '' GROUP BY certificate, ledger
)
SELECT r.certificate FROM removed r JOIN privacy_purgeline l ON r.certificate = 'purge:' || l.id
GROUP BY r.certificate, l.count, l.dependants, l.holding
HAVING coalesce(sum(r.rows) FILTER (WHERE r.ledger = l.holding), l.count) <> l.count
    OR coalesce(sum(r.rows) FILTER (WHERE r.ledger <> l.holding), 0) > l.dependants
UNION ALL
SELECT r.certificate FROM removed r JOIN privacy_auditentry e ON r.certificate = 'erasure:' || e.id
GROUP BY r.certificate, e.detail
HAVING sum(r.rows) > (e.detail ->> 'rows')::bigint + coalesce((e.detail ->> 'dependants')::bigint, 0)
"""  # noqa: S608


@dataclass(frozen=True)
class CertificateFaults:
    """The numbers of removals without a certificate, and the certificates of which other numbers were removed."""

    uncertified: list[str]
    different: list[str]

    def __bool__(self) -> bool:
        return bool(self.uncertified or self.different)


def faults() -> CertificateFaults:
    return CertificateFaults(_ask(UNCERTIFIED, {"actions": list(ledger.ERASURES)}), _ask(DIFFERENT, {}))


def _ask(question: str, facts: dict[str, list[str]]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(question, facts)
        return [found for (found,) in cursor.fetchall()]
