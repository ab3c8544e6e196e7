"""What the place for notices remembers and counts, each with its own consent: the meeting of notices and choices."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from consent.choices import guard
from consent.cookies import registry
from consent.notices import browser_counts, frequency, notices
from consent.notices.models import CampaignDay, Topic
from consent.notices.notices import CAMPAIGNS, FREQUENCY, NAMED, PERSONAL, Piece
from privacy.datamap.periods import CALENDAR
from privacy.web.headers import is_html

log = logging.getLogger(__name__)
TALLIES: Final = {PERSONAL: "topics", FREQUENCY: "seen", CAMPAIGNS: "counted"}
"""The one cookie of each consent."""


class Showing(NamedTuple):
    """A notice, and whether showing and following it is counted."""

    piece: Piece
    is_counted: bool


def show(request: HttpRequest, *, now: datetime) -> Showing | None:
    """The notice for this visitor; the middleware then remembers what may be remembered.

    Where a cap leaves nothing to show, the notice in reserve is, as for anybody: nothing is set or counted.
    """
    pieces, topics, seen = notices.current(), _tally(request, PERSONAL), _seen(request, now=now)
    spare = notices.reserve(pieces, now=now)
    piece = wanted = notices.choose(pieces, topics=topics, seen=None, now=now)
    if seen is not None and wanted != spare:
        capped = notices.choose(pieces, topics=topics, seen=seen, now=now)
        request.seen_after, is_shown = frequency.claim(  # type: ignore[attr-defined]
            seen, capped if capped != spare else None, now=now
        )
        piece = capped if is_shown else None
    request.notice_shown = piece  # type: ignore[attr-defined]
    if piece is not None:
        return Showing(piece, is_counted(request, piece))
    return Showing(spare, is_counted=False) if spare is not None else None


def is_counted(request: HttpRequest, piece: Piece) -> bool:
    """Whether following this notice's link is to be counted: the visitor accepted it, and it has a campaign."""
    return piece.campaign is not None and CAMPAIGNS in guard.standing(request).accepted


def remember(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """After a page was served: add to the tallies what was shown and read."""
    piece: Piece | None = getattr(request, "notice_shown", None)
    if PERSONAL in guard.standing(request).accepted and _is_page(request, response):
        _raise(request, response, now=now)
    seen: dict[str, int] | None = getattr(request, "seen_after", None)
    if seen is not None:
        _set(response, FREQUENCY, seen, now=now)
    if piece is not None and is_counted(request, piece):
        _count_view(request, response, piece, now=now)


def begin(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """With a consent just given: the slip for the first showing."""
    if _seen(request, now=now) == {}:
        _set(response, FREQUENCY, frequency.begun({}), now=now)


def interests(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Each topic with its name, and whether this visitor named it; none without their consent."""
    if PERSONAL not in guard.standing(request).accepted:
        return []
    named = _tally(request, PERSONAL) or {}
    return [(topic.value, str(topic.label), NAMED + topic.value in named) for topic in Topic]


def name_interests(
    request: HttpRequest, response: HttpResponse, chosen: Collection[str], *, now: datetime
) -> None:
    """Have the browser remember the interests that its visitor named, in the place of those named before."""
    if PERSONAL not in guard.standing(request).accepted:
        return
    read = {key: count for key, count in (_tally(request, PERSONAL) or {}).items() if key[:1] != NAMED}
    named = {NAMED + topic.value: 1 for topic in Topic if topic.value in chosen}
    _set(response, PERSONAL, {**read, **named}, now=now)


def count(campaign: int, *, now: datetime, views: int = 0, clicks: int = 0) -> None:
    """Add to the day's two sums. A page is served all the same when the database cannot take them."""
    day = now.astimezone(CALENDAR).date()
    try:
        with transaction.atomic():
            row, _made = CampaignDay.objects.get_or_create(campaign_id=campaign, day=day)
            CampaignDay.objects.filter(pk=row.pk).update(
                views=F("views") + views, clicks=F("clicks") + clicks
            )
    except DatabaseError:
        log.exception("a view or click of campaign %s was not counted", campaign)


def _count_view(request: HttpRequest, response: HttpResponse, piece: Piece, *, now: datetime) -> None:
    """Once a day and visitor, however often the page is loaded again: the tally holds the day of the last count."""
    key, today = str(piece.campaign), now.astimezone(CALENDAR).toordinal()
    counted = _tally(request, CAMPAIGNS)
    if piece.campaign is None or counted is None or counted.get(key) == today:
        return
    _set(response, CAMPAIGNS, {**counted, key: today}, now=now)
    count(piece.campaign, now=now, views=1)


def _raise(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    if topic := notices.topic_of(request.path_info, notices.current()):
        counts = _tally(request, PERSONAL) or {}
        _set(response, PERSONAL, browser_counts.raised(counts, topic), now=now)


def _seen(request: HttpRequest, *, now: datetime) -> dict[str, int] | None:
    """None without consent; every cap reached for a value that is not ours."""
    if FREQUENCY not in guard.standing(request).accepted:
        return None
    counts = _tally(request, FREQUENCY)
    return frequency.closed(notices.current(), now=now) if counts is None else counts


def _tally(request: HttpRequest, group: str) -> dict[str, int] | None:
    """None without consent, and for a value that is not ours."""
    if group not in guard.standing(request).accepted:
        return None
    return browser_counts.decode(TALLIES[group], request.COOKIES.get(settings.COOKIE_PREFIX + TALLIES[group]))


def _set(response: HttpResponse, group: str, counts: dict[str, int], *, now: datetime) -> None:
    name = settings.COOKIE_PREFIX + TALLIES[group]
    entry = registry.current().by_name.get(name)
    if entry is None or entry[1].lifetime is None:
        return
    response.set_cookie(
        name,
        browser_counts.encode(TALLIES[group], counts),
        max_age=entry[1].lifetime.after(now) - now,
        path=entry[1].path,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    return request.method == "GET" and response.status_code == 200 and is_html(response)
