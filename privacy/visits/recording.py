"""Visits: one page view each, recorded without a query, without slowing the page, and deleted after six months.

Recorded are pages of the Website that were really shown. Not recorded: the admin (what staff do there is in the audit
trail), files, addresses for machines, pages fetched ahead, known robots and monitors, and anything of a browser that
objected. The user agent is read for this, and stored nowhere. The part of an address that gives access to something (a
token, the number of a request) is replaced by its name.

A line goes to a local spool after the page is made; the worker copies spool files into the table. What waits of a
browser that objected is not ingested.
"""

import logging
import random
import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from privacy.datamap.subjects import pseudonym
from privacy.files import spool as spools
from privacy.files.spool import Spool
from privacy.journal import entries
from privacy.journal.entries import DatabaseRestoredError, JournalEntry
from privacy.visits import daily_totals, ingestion, partitions, robots
from privacy.visits.counting_models import PERIOD, WAITING, DrainedSegment, RecordingObjection
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import Granularity
from privacy.web import rate_limits, request_facts
from privacy.web.headers import is_html

VISITOR = "visitor"
OPTED_OUT = "privacy.visits.opted_out"  # in the journal
# Each writes to the journal, which is kept for a year. A whole company may be behind one network.
SIGNALS_OF_CLIENT = rate_limits.RateLimit("privacy.visits.signal.client", 120, timedelta(minutes=10))
LATEST = timedelta(hours=26)  # the purge runs hourly, and visits go by whole days
UNCOUNTED_APPLICATIONS = {"admin"}
UNCOUNTED_NAMES = {"health"}
# Of Chromium and Firefox, of Safari, of older versions of Firefox.
FETCHED_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": " "})
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")  # of uuid4()
log = logging.getLogger(__name__)
_lost = [0]


def cookie_name() -> str:
    """The name of the cookie that holds the number of a browser."""
    return f"{settings.COOKIE_PREFIX}{VISITOR}"


# Who ---------------------------------------------------------------------------------------------------------


def visitor_of(request: HttpRequest) -> UUID | None:
    """The number of this browser, if it has one."""
    text = request.COOKIES.get(cookie_name(), "")
    return UUID(text) if NUMBER.fullmatch(text) else None


def stop_recording(visitor: UUID, *, now: datetime) -> None:
    """Ingest nothing more of this browser, and delete its visits (GDPR article 17(1)(c)).

    In the journal too, so that a restored backup does not bring them back. A page that the site asks of itself objects
    to nothing.
    """
    if _has_nothing_to_stop(visitor):
        return
    with transaction.atomic():
        opt_out([visitor], now=now)
        delete_visits([visitor])
        entries.note(OPTED_OUT, [_pseudonym(visitor)], now=now)


def stop_by_signal(visitor: UUID, *, client: str, now: datetime) -> bool:
    """The same where a browser says so with each page (Global Privacy Control), which never fails because of it.

    No button limits how often. A browser says it once, since its number goes with the answer; a program that makes up
    numbers would fill the journal. Returns False where the next page has to try again.
    """
    try:
        if _has_nothing_to_stop(visitor):
            return True
        if SIGNALS_OF_CLIENT.take(client, now=now):
            stop_recording(visitor, now=now)
            return True
    except (DatabaseError, OSError, DatabaseRestoredError) as error:
        log.error("visits of a browser that sends a signal could not be deleted: %s", type(error).__name__)
    return False


def _has_nothing_to_stop(visitor: UUID) -> bool:
    return spools.is_withholding() or RecordingObjection.objects.filter(visitor=visitor).exists()


def replay_opt_outs(objections: Collection[JournalEntry], *, now: datetime) -> int:
    """The same after a restore; returns how many visits were deleted.

    The journal holds no numbers: each that the restored visits or the spool of this machine hold is compared, once.
    """
    theirs = {who: entry.at for entry in objections for who in entry.facts["who"]}
    known = set(Visit.objects.order_by().values_list("visitor", flat=True).distinct()) | waiting_visitors()
    found = {visitor: theirs[who] for visitor in known if (who := _pseudonym(visitor)) in theirs}
    with transaction.atomic():
        for visitor, at in found.items():
            opt_out([visitor], now=at)
        return delete_visits(found)


def opt_out(visitors: Iterable[UUID], *, now: datetime) -> None:
    """Ingest nothing more of these browsers, and count nothing of them; the caller writes the journal."""
    objections = [RecordingObjection(visitor=visitor, at=now) for visitor in set(visitors)]
    with transaction.atomic():
        RecordingObjection.objects.bulk_create(objections, ignore_conflicts=True)
        daily_totals.recount_without(visitors)


def delete_visits(visitors: Collection[UUID]) -> int:
    """Delete what is stored of these browsers; their days are counted again. Returns how many visits that were."""
    with transaction.atomic():
        daily_totals.recount_without(visitors)
        deleted, _by_model = Visit.objects.filter(visitor__in=visitors).delete()
    return deleted


def _pseudonym(visitor: UUID) -> str:
    return pseudonym("visitors", visitor)


# Recording ---------------------------------------------------------------------------------------------------


def is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this was a page of the Website, shown to somebody: to no robot, and not fetched ahead."""
    match = request.resolver_match
    return (
        request.method == "GET"
        and 200 <= response.status_code < 300
        and match is not None
        and match.app_name not in UNCOUNTED_APPLICATIONS
        and match.url_name not in UNCOUNTED_NAMES
        and is_html(response)
        and not any(name in request.META for name in FETCHED_AHEAD)
        and not robots.is_robot(request.META.get("HTTP_USER_AGENT", ""))
    )


def record(request: HttpRequest, response: HttpResponse, *, visitor: UUID | None, now: datetime) -> None:
    """Hand one visit to the spool; a browser without a number gets one. Never fails."""
    has_cookie = "f" if visitor is None else "t"
    if visitor is None:
        visitor = uuid4()
        response.set_cookie(
            cookie_name(),
            str(visitor),
            max_age=int((PERIOD.after(now) - now).total_seconds()),
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    line = "\t".join(
        (
            now.astimezone(UTC).isoformat(),
            str(random.getrandbits(63)),  # tells apart two visits of one instant, and hides nothing
            str(visitor),
            has_cookie,
            request_facts.page(request)[:300].translate(ESCAPES),
            request_facts.referrer(request),
            get_language() or settings.LANGUAGE_CODE,
        )
    )
    try:
        spool().append(line.encode(errors="replace"))
    except (OSError, RuntimeError) as error:  # no disk; no thread
        _lost[0] += 1
        if _lost[0].bit_count() == 1:  # the 1st, 2nd, 4th, 8th ...: said, but not for each page
            log.error("visits that the spool refused so far: %d (%s)", _lost[0], type(error).__name__)


def spool() -> Spool:
    """The spool of this machine."""
    return _spool(settings.SPOOL_ROOT)


@cache
def _spool(folder: Path | str) -> Spool:
    return Spool(Path(folder))


# Ingestion ----------------------------------------------------------------------------------------------------


def drain(*, now: datetime) -> int:
    """Copy what waits in the spool into the table, each file once; returns how many visits were added.

    A file's name is stored with its visits, so that a crash at any point neither loses nor doubles any.
    """
    with spool().claim_finished() as segments:
        loaded = sum(ingestion.ingest(spool(), segment, now=now) for segment in segments)
        ours = DrainedSegment.objects.filter(name__startswith=f"segment-{spool().identity}-")
        names = ours.values_list("name", flat=True)
        ours.filter(name__in=[name for name in names if not (spool().folder / name).exists()]).delete()
    return loaded


def prepare_partitions(*, now: datetime) -> list[date]:
    """Make the partitions from yesterday to two weeks ahead, and those that waiting visits need."""
    today = now.astimezone(UTC).date()
    days = {today + timedelta(days=number) for number in range(-1, partitions.AHEAD.days + 1)}
    made = partitions.prepare(days)
    return made + partitions.prepare(waiting_days(now=now), granularity=Granularity.DAY)


def waiting_days(*, now: datetime) -> set[date]:
    """The days of the visits that wait in the spool of this machine, as far as they still come in."""
    today, kept = now.astimezone(UTC).date(), ingestion.first_day(now)
    stamps = {line[:10] for line in spool().lines()}
    days = {day for day in map(ingestion.day_of, stamps) if day and kept <= day <= today}
    return days - daily_totals.closed_days(days)


def waiting_visitors() -> set[UUID]:
    """The browsers of which visits wait in the spool of this machine."""
    return set(map(UUID, ingestion.browsers_in(spool().lines())))


def oldest_of_each() -> list[datetime | None]:
    """When the oldest visit was in each place: in each partition, and in each file of this machine's spool."""
    return [*partitions.oldest_of_each(), *(last_line_at for _path, last_line_at in spool().files())]


def is_late(at: datetime, now: datetime) -> bool:
    """Whether the purge should have deleted a visit that was at `at`."""
    return PERIOD.is_over(at, now - LATEST)


def sweep(*, now: datetime) -> int:
    """Delete the spool files that have waited for too long; returns how many.

    Of the lines that were set aside, those of browsers that objected are deleted too, and no IP address is left in
    those of before December 2026. A disk that refuses is logged, and holds up no purge.
    """
    try:
        return _sweep(now)
    except OSError as error:
        log.error("the spool cannot be swept: %s", error.strerror)
        return 0


def _sweep(now: datetime) -> int:
    old = {path for path, last_line_at in spool().files() if WAITING.is_over(last_line_at, now)}
    old |= {segment for segment in spool().segments() if ingestion.is_over(segment, now=now)}
    for path in old:
        path.unlink(missing_ok=True)
    for path in spool().files_set_aside():
        _clean(path)
    return len(old)


def _clean(path: Path) -> None:
    lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    numbers = {UUID(text) for line in lines for text in NUMBER.findall(line.decode(errors="replace"))}
    opted_out = RecordingObjection.objects.filter(visitor__in=numbers).values_list("visitor", flat=True)
    opted_out_numbers = [str(visitor).encode() for visitor in opted_out]
    left = [line for line in lines if not any(number in line for number in opted_out_numbers)]
    left = ingestion.without_addresses(left)
    if not left:
        path.unlink()
    elif left != lines:
        spool().set_aside(path, left)
