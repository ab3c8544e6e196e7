"""Which piece of information a visitor sees, and what their browser remembers of it: only what they accepted.

Three functions, three consents: `personal` chooses by the sections read, `frequency` stops after so many times,
`campaigns` counts. Without any of them everybody sees the same general notice, and nothing is set. The oldest general
notice stands in reserve: it has no cap, and takes the place once every other has reached its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import get_language

from consent.cookies.cached import Held
from consent.cookies.registry import Texts, in_language
from consent.notices.models import Notice
from privacy.datamap.periods import CALENDAR

PERSONAL: Final = "personal"
FREQUENCY: Final = "frequency"
CAMPAIGNS: Final = "campaigns"
NAMED: Final = "+"
"""Stands before a topic that the visitor named, beside those that their pages tell."""


@dataclass(frozen=True)
class Piece:
    """A notice as a process keeps it at hand."""

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

    def is_on(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def choose(
    pieces: Collection[Piece],
    *,
    topics: Mapping[str, int] | None,
    seen: Mapping[str, int] | None,
    now: datetime,
) -> Piece | None:
    """The notice to show. `topics` and `seen` are None where their consent is missing or their value is not ours.

    A named interest comes first, then the section read most; general notices come last, the newest before the
    older. Without `seen` a notice has no cap, since nobody counts.
    """
    read, spare = topics or {}, reserve(pieces, now=now)
    fits = [piece for piece in pieces if piece.is_on(now) and is_for(piece, read)]
    if seen is not None:
        today = now.astimezone(CALENDAR).toordinal()
        fits = [piece for piece in fits if piece == spare or times(seen, piece, today) < piece.cap]
    return max(fits, key=lambda piece: _weight(piece, read), default=None)


def reserve(pieces: Collection[Piece], *, now: datetime) -> Piece | None:
    """The general notice without a cap: the oldest that runs. `pieces` are the newest first."""
    return next((piece for piece in reversed(tuple(pieces)) if piece.is_on(now) and not piece.topic), None)


def is_for(piece: Piece, topics: Mapping[str, int]) -> bool:
    """Whether somebody who named these interests and read these sections is in the audience of a notice."""
    if not piece.topic:
        return True
    is_named = piece.by_interest and NAMED + piece.topic in topics
    return is_named or (piece.pages > 0 and topics.get(piece.topic, 0) >= piece.pages)


def times(seen: Mapping[str, int], piece: Piece, today: int) -> int:
    """How often a notice was shown in the period that its cap covers; `today` is the number of the day."""
    key = str(piece.id)
    is_over = today - seen.get(f"{key}s", today) >= piece.days
    return 0 if is_over else seen.get(key, 0)


def _weight(piece: Piece, topics: Mapping[str, int]) -> tuple[bool, int]:
    is_named = piece.by_interest and NAMED + piece.topic in topics
    return is_named, topics.get(piece.topic, 0)


def address(piece: Piece) -> str:
    """Where the notice leads, in the language in force."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return piece.link if language == settings.LANGUAGE_CODE else f"/{language}{piece.link}"


def topic_of(path: str, pieces: Collection[Piece]) -> str:
    """The section a page belongs to, if any notice is about it; nothing else is worth remembering."""
    parts = [part for part in path.split("/") if part and part not in dict(settings.LANGUAGES)]
    return parts[0] if parts and any(piece.topic == parts[0] for piece in pieces) else ""


def _read() -> tuple[Piece, ...]:
    return tuple(
        Piece(
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
        for notice in Notice.objects.for_the_site()
    )


def _is_same(one: tuple[Piece, ...], other: tuple[Piece, ...]) -> bool:
    return one == other


_held: Held[tuple[Piece, ...]] = Held(_read, is_same=_is_same, otherwise=())
current, reload, forget = _held.current, _held.reload, _held.forget
