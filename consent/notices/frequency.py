"""How often a notice was shown to one browser, and how a cap holds without knowing whose browser it is.

The counts are in a signed cookie, together with a token: a random number that is valid for one impression. Showing a
capped notice spends the token, in one SQL statement, and the response brings another. Ten tabs opened at once send the
same token, so one of them shows the notice. The table holds the hashes of spent tokens and nothing else, and no token
reveals the next one. A value that is not ours counts as every cap reached. A visitor who deletes the cookie starts
again, as a new browser does.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, connection, transaction

from consent.notices import browser_counts
from consent.notices.models import SpentImpressionToken
from consent.notices.notices import CachedNotice, times_shown
from privacy.datamap.periods import CALENDAR, Period

Counts = dict[str, int]
IMPRESSION: Final = "token"
LOST_AFTER: Final = timedelta(minutes=1)
"""A token sent again this long after it was spent shows that the response with the next one was lost."""
TOKEN_RETENTION: Final = Period(months=1, days=1)
"""A day longer than the cookie lives, so that no deleted token can come back."""
SPEND: Final = """
INSERT INTO consent_spentimpressiontoken (digest, spent_at, is_renewed) VALUES (%s, %s, FALSE) ON CONFLICT DO NOTHING
"""
log = logging.getLogger(__name__)


def with_new_token(counts: Mapping[str, int]) -> Counts:
    """The token comes last, so that `browser_counts.encode` never trims it."""
    rest = {key: count for key, count in counts.items() if key != IMPRESSION}
    return {**rest, IMPRESSION: secrets.randbits(63)}


def all_capped(candidates: Iterable[CachedNotice], *, now: datetime) -> Counts:
    """Counts that reach every cap, for a value that is not ours."""
    counts: Counts = {}
    for notice in candidates:
        counts |= {f"{notice.id}s": _day(now), str(notice.id): notice.cap}
    return counts


def claim(
    counts: Mapping[str, int], notice: CachedNotice | None, *, now: datetime
) -> tuple[Counts | None, bool]:
    """Claim one impression of `notice`.

    Returns the counts to send to the browser, if they change, and whether it may be shown.
    """
    if IMPRESSION not in counts:
        return with_new_token(counts), False
    if notice is None:
        return None, False
    try:
        if _spend_token(counts[IMPRESSION], now):
            return with_new_token(_incremented(counts, notice, now)), True
        return (
            with_new_token(_incremented(counts, notice, now))
            if _renew_token(counts[IMPRESSION], now)
            else None
        ), False
    except DatabaseError:
        log.exception("a notice was not shown, since the database could not count it")
        return None, False


def delete_old_tokens(*, now: datetime) -> int:
    """Returns how many were deleted."""
    old = SpentImpressionToken.objects.filter(spent_at__lt=TOKEN_RETENTION.earliest(now))
    deleted, _by_model = old.delete()
    return deleted


def _incremented(counts: Mapping[str, int], notice: CachedNotice, now: datetime) -> Counts:
    today, key = _day(now), str(notice.id)
    so_far = times_shown(counts, notice, today)
    started = counts.get(f"{key}s", today) if so_far else today
    rest = {name: count for name, count in counts.items() if name not in {key, f"{key}s"}}
    return browser_counts.incremented({**rest, f"{key}s": started, key: so_far}, key)


def _spend_token(token: int, now: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SPEND, [_digest(token), now])
        return bool(cursor.rowcount == 1)


def _renew_token(token: int, now: datetime) -> bool:
    lost = SpentImpressionToken.objects.filter(
        digest=_digest(token), is_renewed=False, spent_at__lt=now - LOST_AFTER
    )
    return lost.update(is_renewed=True) == 1


def _digest(token: int) -> str:
    return hashlib.sha256(str(token).encode()).hexdigest()


def _day(now: datetime) -> int:
    return now.astimezone(CALENDAR).toordinal()
