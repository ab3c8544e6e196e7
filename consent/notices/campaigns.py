"""What the place for notices remembers and counts, each with its own consent: the meeting of notices and choices."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
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
from consent.notices.notices import CAMPAIGNS, DECLARED_INTEREST, FREQUENCY, PERSONAL, CachedNotice
from privacy.datamap.periods import CALENDAR
from privacy.web.headers import is_html
from privacy.web.request_facts import RequestAttribute

log = logging.getLogger(__name__)
COUNT_COOKIES: Final = {PERSONAL: "topics", FREQUENCY: "seen", CAMPAIGNS: "counted"}
"""The one cookie of each consent."""


class DisplayedNotice(NamedTuple):
    """A notice, and whether showing and following it is counted."""

    notice: CachedNotice
    is_counted: bool


@dataclass(slots=True)
class RequestNotice(RequestAttribute):
    """What the place for notices leaves for the response to remember."""

    displayed: CachedNotice | None = None
    """The one chosen for this visitor; none where their cap left only the one in reserve."""
    view_counts: dict[str, int] | None = None
    """How often each notice was seen, to be kept by the browser; none where that is not to be counted."""


def select(request: HttpRequest, *, now: datetime) -> DisplayedNotice | None:
    """The notice for this visitor; the middleware then remembers what may be remembered.

    Where a cap leaves nothing to show, the notice in reserve is, as for anybody: nothing is set or counted.
    """
    state, candidates = RequestNotice.of(request), notices.current()
    topics, seen = _read_counts(request, PERSONAL), _view_counts(request, now=now)
    fallback = notices.fallback_notice(candidates, now=now)
    notice = wanted = notices.choose(candidates, topics=topics, seen=None, now=now)
    if seen is not None and wanted != fallback:
        capped = notices.choose(candidates, topics=topics, seen=seen, now=now)
        state.view_counts, is_shown = frequency.claim(seen, capped if capped != fallback else None, now=now)
        notice = capped if is_shown else None
    state.displayed = notice
    if notice is not None:
        return DisplayedNotice(notice, is_counted(request, notice))
    return DisplayedNotice(fallback, is_counted=False) if fallback is not None else None


def is_counted(request: HttpRequest, notice: CachedNotice) -> bool:
    """Whether following this notice's link is to be counted: the visitor accepted it, and it has a campaign."""
    return notice.campaign is not None and CAMPAIGNS in guard.evaluated(request).accepted


def update_cookies(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """After a page was served: add to the counts what was shown and read."""
    state = RequestNotice.of(request)
    if PERSONAL in guard.evaluated(request).accepted and _is_page(request, response):
        _count_topic(request, response, now=now)
    if state.view_counts is not None:
        _write_counts(response, FREQUENCY, state.view_counts, now=now)
    if state.displayed is not None and is_counted(request, state.displayed):
        _count_view(request, response, state.displayed, now=now)


def issue_first_token(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """With a consent just given: the token for the first showing."""
    if _view_counts(request, now=now) == {}:
        _write_counts(response, FREQUENCY, frequency.with_new_token({}), now=now)


def interests(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Each topic with its name, and whether this visitor named it; none without their consent."""
    if PERSONAL not in guard.evaluated(request).accepted:
        return []
    named = _read_counts(request, PERSONAL) or {}
    return [(topic.value, str(topic.label), DECLARED_INTEREST + topic.value in named) for topic in Topic]


def save_interests(
    request: HttpRequest, response: HttpResponse, chosen: Collection[str], *, now: datetime
) -> None:
    """Have the browser remember the interests that its visitor named, in the place of those named before."""
    if PERSONAL not in guard.evaluated(request).accepted:
        return
    read = {
        key: count
        for key, count in (_read_counts(request, PERSONAL) or {}).items()
        if key[:1] != DECLARED_INTEREST
    }
    named = {DECLARED_INTEREST + topic.value: 1 for topic in Topic if topic.value in chosen}
    _write_counts(response, PERSONAL, {**read, **named}, now=now)


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


def _count_view(request: HttpRequest, response: HttpResponse, notice: CachedNotice, *, now: datetime) -> None:
    """Once a day and visitor, however often the page is loaded again: the value holds the day of the last count."""
    key, today = str(notice.campaign), now.astimezone(CALENDAR).toordinal()
    counted = _read_counts(request, CAMPAIGNS)
    if notice.campaign is None or counted is None or counted.get(key) == today:
        return
    _write_counts(response, CAMPAIGNS, {**counted, key: today}, now=now)
    count(notice.campaign, now=now, views=1)


def _count_topic(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    if topic := notices.topic_of(request.path_info, notices.current()):
        counts = _read_counts(request, PERSONAL) or {}
        _write_counts(response, PERSONAL, browser_counts.incremented(counts, topic), now=now)


def _view_counts(request: HttpRequest, *, now: datetime) -> dict[str, int] | None:
    """None without consent; every cap reached for a value that is not ours."""
    if FREQUENCY not in guard.evaluated(request).accepted:
        return None
    counts = _read_counts(request, FREQUENCY)
    return frequency.all_capped(notices.current(), now=now) if counts is None else counts


def _read_counts(request: HttpRequest, group: str) -> dict[str, int] | None:
    """None without consent, and for a value that is not ours."""
    if group not in guard.evaluated(request).accepted:
        return None
    return browser_counts.decode(
        COUNT_COOKIES[group], request.COOKIES.get(settings.COOKIE_PREFIX + COUNT_COOKIES[group])
    )


def _write_counts(response: HttpResponse, group: str, counts: dict[str, int], *, now: datetime) -> None:
    name = settings.COOKIE_PREFIX + COUNT_COOKIES[group]
    entry = registry.current().by_name.get(name)
    if entry is None or entry[1].lifetime is None:
        return
    response.set_cookie(
        name,
        browser_counts.encode(COUNT_COOKIES[group], counts),
        max_age=entry[1].lifetime.after(now) - now,
        path=entry[1].path,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    return request.method == "GET" and response.status_code == 200 and is_html(response)
