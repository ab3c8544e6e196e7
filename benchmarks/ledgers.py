"""Many rows of the two large ledgers over a year, sealed as the site seals them: seal by seal, day by day."""

from datetime import datetime, timedelta

from django.conf import settings

from benchmarks import data
from consent.ledger import ledger
from privacy.mail.models import Mail
from privacy.seals import sealing
from privacy.seals.models import SealedRow

TOGETHER = 100  # rows under one seal
YEAR = timedelta(days=365)
ENTRIES = """
INSERT INTO privacy_auditentry (at, actor, source, action, kind, key, about, detail)
SELECT %(at)s, 'user:1', 'bench', 'bench.entry.made', 'recruitment.application', i::text,
  encode(sha256(random()::text::bytea), 'hex'), '{"rows": 3}' FROM generate_series(1, %(rows)s) i
"""
# Whoever said yes more than six months ago has a second line that says when it ended.
EVENTS = """
WITH term AS (INSERT INTO consent_consentterm (ended_at) SELECT %(until)s FROM generate_series(1, %(rows)s / 2)
  RETURNING id),
holder AS MATERIALIZED (SELECT id, gen_random_uuid() AS receipt FROM term)
INSERT INTO consent_consentevent (record, term_id, happened_at, kind, topic, purpose, act, wording_id, language, page,
  has_gpc, valid_until, policy_version, entity, receipt, email)
SELECT gen_random_uuid(), id, %(at)s, CASE WHEN line = 2 AND %(until)s < %(now)s THEN 'EXPIRE' ELSE 'GRANT' END,
  'statistics', 'VISITORS', 'CHOICE', %(words)s, 'en', '/', false, %(until)s, '1', %(entity)s, receipt, ''
FROM holder, generate_series(1, 2) line ORDER BY line
"""


def fill(rows: int, *, now: datetime) -> None:
    """Add audit entries and consent events, half each, until about so many rows are sealed."""
    missing = max(0, rows - SealedRow.objects.count()) // TOGETHER
    for number in range(missing):
        at = now - YEAR * (missing - number) / (missing + 1)
        sealing.close_day(now=at)
        _add(at, now)
    Mail.objects.filter(message="daily_seal").delete()


def add_a_day(rows: int, *, now: datetime) -> None:
    """What a day adds where a year makes `rows`."""
    for _seal in range(max(1, rows // 365 // TOGETHER)):
        _add(now, now)


def _add(at: datetime, now: datetime) -> None:
    """Rows of one instant, and their seal."""
    words = ledger.archive_wording("Yes.", language="en", now=now - YEAR).pk
    facts = {
        "rows": TOGETHER // 2,
        "at": at,
        "until": at + YEAR / 2,
        "now": now,
        "words": words,
        "entity": str(settings.ENTITY["siren"]),
    }
    data.run(ENTRIES, facts)
    data.run(EVENTS, facts)
    sealing.seal(now=at)
