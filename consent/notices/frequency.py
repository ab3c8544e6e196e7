"""How often a notice was shown to one browser, and how a cap holds though nobody knows whose browser it is.

The counts are in a signed cookie, together with a slip: a random number that is good for one showing. To show a capped
notice is to spend the slip, in one statement of the database, and the answer brings another. Ten tabs opened at once
carry the same slip, so one of them shows the notice. The table holds the hashes of slips that were spent and nothing
else; no slip tells which one follows it. A value that is not ours counts as every cap reached. What this cannot know:
whoever deletes the cookie begins anew, as a new browser does.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, connection, transaction

from consent.notices import browser_counts
from consent.notices.models import SpentSlip
from consent.notices.notices import Piece, times
from privacy.datamap.periods import CALENDAR, Period

Counts = dict[str, int]
SLIP: Final = "slip"
LOST_AFTER: Final = timedelta(minutes=1)
"""A slip still carried this long after it was spent: the answer that brought the next one never arrived."""
KEPT_FOR: Final = Period(months=1, days=1)
"""A day longer than the cookie lives: no older slip can come back."""
SPEND: Final = """
INSERT INTO consent_spentslip (digest, spent_at, is_renewed) VALUES (%s, %s, FALSE) ON CONFLICT DO NOTHING
"""
log = logging.getLogger(__name__)


def begun(counts: Mapping[str, int]) -> Counts:
    """The counts with a fresh slip, which comes last so that no trimming takes it."""
    rest = {key: count for key, count in counts.items() if key != SLIP}
    return {**rest, SLIP: secrets.randbits(63)}


def closed(pieces: Iterable[Piece], *, now: datetime) -> Counts:
    """Every cap reached: what a value that is not ours is taken for."""
    counts: Counts = {}
    for piece in pieces:
        counts |= {f"{piece.id}s": _day(now), str(piece.id): piece.cap}
    return counts


def claim(counts: Mapping[str, int], piece: Piece | None, *, now: datetime) -> tuple[Counts | None, bool]:
    """Ask for one showing of ``piece``. Returns the counts to hand to the browser, if they change, and the answer."""
    if SLIP not in counts:
        return begun(counts), False
    if piece is None:
        return None, False
    try:
        if _spend(counts[SLIP], now):
            return begun(_raised(counts, piece, now)), True
        return (begun(_raised(counts, piece, now)) if _renew(counts[SLIP], now) else None), False
    except DatabaseError:
        log.exception("a notice was not shown, since nobody could count it")
        return None, False


def sweep(*, now: datetime) -> int:
    """Drop the slips that cannot come back; returns how many."""
    old = SpentSlip.objects.filter(spent_at__lt=KEPT_FOR.earliest(now))
    deleted, _by_model = old.delete()
    return deleted


def _raised(counts: Mapping[str, int], piece: Piece, now: datetime) -> Counts:
    today, key = _day(now), str(piece.id)
    so_far = times(counts, piece, today)
    started = counts.get(f"{key}s", today) if so_far else today
    rest = {name: count for name, count in counts.items() if name not in {key, f"{key}s"}}
    return browser_counts.raised({**rest, f"{key}s": started, key: so_far}, key)


def _spend(slip: int, now: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SPEND, [_digest(slip), now])
        return bool(cursor.rowcount == 1)


def _renew(slip: int, now: datetime) -> bool:
    lost = SpentSlip.objects.filter(digest=_digest(slip), is_renewed=False, spent_at__lt=now - LOST_AFTER)
    return lost.update(is_renewed=True) == 1


def _digest(slip: int) -> str:
    return hashlib.sha256(str(slip).encode()).hexdigest()


def _day(now: datetime) -> int:
    return now.astimezone(CALENDAR).toordinal()
