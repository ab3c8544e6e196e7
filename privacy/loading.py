"""Lines of visits into their table, by COPY: all that are sound, and nothing of who is not to be counted."""

import json
from datetime import datetime
from io import BytesIO
from uuid import UUID

import psycopg2
from django.db import connection, transaction

from privacy.models import Restriction
from privacy.models.navigation import RecordingObjection
from privacy.spans import TABLE

COPY = """
COPY {table} (at, number, visitor, address, path, referrer, language) FROM STDIN
WHERE at >= '{since}' AND at < coalesce(('{turned_away}'::jsonb ->> visitor::text)::timestamptz, 'infinity')
"""


def load(lines: list[bytes], since: datetime) -> tuple[int, list[bytes]]:
    """Copy ``lines`` from ``since`` on; returns how many went in, and those that PostgreSQL cannot read."""
    if not lines:
        return 0, []
    turned_away = json.dumps(_turned_away())
    statement = COPY.format(table=TABLE, since=since.isoformat(), turned_away=turned_away)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.copy_expert(statement, BytesIO(b"\n".join(lines) + b"\n"))
            return cursor.rowcount, []
    except (psycopg2.DataError, psycopg2.IntegrityError):
        if len(lines) == 1:
            return 0, lines
    middle = len(lines) // 2
    first, second = load(lines[:middle], since), load(lines[middle:], since)
    return first[0] + second[0], first[1] + second[1]


def _turned_away() -> dict[str, str]:
    """The browsers of which nothing comes in, and since when; what a restriction found (GDPR article 18) stays."""
    since = {
        str(visitor): placed_at.isoformat()
        for restriction, placed_at in Restriction.objects.standing().values_list("keys", "placed_at")
        for visitor in map(UUID, restriction.get("visitors", ()))
    }
    objecting = RecordingObjection.objects.values_list("visitor", flat=True)
    return since | dict.fromkeys(map(str, objecting), "-infinity")
