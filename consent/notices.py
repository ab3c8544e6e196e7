"""Which piece of information a visitor sees, and what their browser remembers of it: only what they accepted.

Three functions, three consents: `personal` chooses by the sections read, `frequency` stops after so many times,
`campaigns` counts. Without any of them everybody sees the same general notice, and nothing is set.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import get_language

from consent.held import Held
from consent.models import Notice
from consent.registry import Texts, in_language

PERSONAL: Final = "personal"
FREQUENCY: Final = "frequency"
CAMPAIGNS: Final = "campaigns"


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

    The section read most comes first; general notices come last, the newest before the older. Without `seen` a
    notice has no cap, since nobody counts.
    """
    fits = [
        piece for piece in pieces if piece.is_on(now) and (not piece.topic or piece.topic in (topics or {}))
    ]
    if seen is not None:
        fits = [piece for piece in fits if seen.get(str(piece.id), 0) < piece.cap]
    return max(fits, key=lambda piece: (topics or {}).get(piece.topic, 0), default=None)


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
        )
        for notice in Notice.objects.for_the_site()
    )


def _is_same(one: tuple[Piece, ...], other: tuple[Piece, ...]) -> bool:
    return one == other


_held: Held[tuple[Piece, ...]] = Held(_read, is_same=_is_same, otherwise=())
current, reload, forget = _held.current, _held.reload, _held.forget
