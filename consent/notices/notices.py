"""Which notice a visitor sees, and what their browser remembers of it: only what they accepted.

Three functions, three consents: `personal` chooses by the sections read, `frequency` caps the impressions, `campaigns`
counts. Without any of them everybody sees the same general notice, and no cookie is set. The oldest general notice is
the fallback: it has no cap, and is shown once every other has reached its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import get_language

from consent.cookies.cached import Cached
from consent.cookies.registry import Texts, in_language
from consent.notices.models import Notice
from privacy.datamap.periods import CALENDAR

PERSONAL: Final = "personal"
FREQUENCY: Final = "frequency"
CAMPAIGNS: Final = "campaigns"
DECLARED_INTEREST: Final = "+"
"""Prefix of a topic that the visitor declared, as opposed to one counted from the pages that they read."""


@dataclass(frozen=True)
class CachedNotice:
    """A notice as a process caches it."""

    id: int
    titles: Texts
    texts: Texts
    link: str
    topic: str
    campaign: int | None
    cap: int
    starts_at: datetime
    ends_at: datetime | None
    by_interest: bool = True
    pages: int = 1
    days: int = 30

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def text(self) -> str:
        return in_language(self.texts)

    def is_running(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def choose(
    candidates: Collection[CachedNotice],
    *,
    topics: Mapping[str, int] | None,
    seen: Mapping[str, int] | None,
    now: datetime,
) -> CachedNotice | None:
    """The notice to show. `topics` and `seen` are None where their consent is missing or their value is not ours.

    Declared interests come first, then the section read most, then general notices; the newest before the older.
    Without `seen` there are no caps, since nothing is counted.
    """
    read, fallback = topics or {}, fallback_notice(candidates, now=now)
    fits = [notice for notice in candidates if notice.is_running(now) and is_in_audience(notice, read)]
    if seen is not None:
        today = now.astimezone(CALENDAR).toordinal()
        fits = [
            notice for notice in fits if notice == fallback or times_shown(seen, notice, today) < notice.cap
        ]
    return max(fits, key=lambda notice: _rank(notice, read), default=None)


def fallback_notice(candidates: Collection[CachedNotice], *, now: datetime) -> CachedNotice | None:
    """The oldest running general notice, which has no cap. `candidates` are the newest first."""
    return next(
        (notice for notice in reversed(tuple(candidates)) if notice.is_running(now) and not notice.topic),
        None,
    )


def is_in_audience(notice: CachedNotice, topics: Mapping[str, int]) -> bool:
    if not notice.topic:
        return True
    is_named = notice.by_interest and DECLARED_INTEREST + notice.topic in topics
    return is_named or (notice.pages > 0 and topics.get(notice.topic, 0) >= notice.pages)


def times_shown(seen: Mapping[str, int], notice: CachedNotice, today: int) -> int:
    """Impressions in the period that the cap covers; `today` is a proleptic ordinal (`date.toordinal`)."""
    key = str(notice.id)
    is_over = today - seen.get(f"{key}s", today) >= notice.days
    return 0 if is_over else seen.get(key, 0)


def _rank(notice: CachedNotice, topics: Mapping[str, int]) -> tuple[bool, int]:
    is_named = notice.by_interest and DECLARED_INTEREST + notice.topic in topics
    return is_named, topics.get(notice.topic, 0)


def link_in_language(notice: CachedNotice) -> str:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return notice.link if language == settings.LANGUAGE_CODE else f"/{language}{notice.link}"


def topic_of(path: str, candidates: Collection[CachedNotice]) -> str:
    """The section that a page belongs to, if any notice is about it; others are not worth remembering."""
    parts = [part for part in path.split("/") if part and part not in dict(settings.LANGUAGES)]
    return parts[0] if parts and any(notice.topic == parts[0] for notice in candidates) else ""


def _read() -> tuple[CachedNotice, ...]:
    return tuple(
        CachedNotice(
            id=notice.pk,
            titles={"en": notice.title_en, "fr": notice.title_fr},
            texts={"en": notice.text_en, "fr": notice.text_fr},
            link=notice.link,
            topic=notice.topic,
            campaign=notice.campaign_id,
            cap=notice.cap,
            starts_at=notice.starts_at,
            ends_at=notice.ends_at,
            by_interest=notice.by_interest,
            pages=notice.pages,
            days=notice.days,
        )
        for notice in Notice.objects.for_display()
    )


def _is_same(one: tuple[CachedNotice, ...], other: tuple[CachedNotice, ...]) -> bool:
    return one == other


_cached: Cached[tuple[CachedNotice, ...]] = Cached(_read, is_same=_is_same, fallback=())
current, reload, invalidate = _cached.current, _cached.reload, _cached.invalidate
