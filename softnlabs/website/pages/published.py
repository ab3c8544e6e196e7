"""The pages that are published, as a process keeps them: a page that is warm costs no query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent.cookies.cached import Cached
from consent.cookies.registry import Texts, in_language
from privacy.policy.markdown import PlaceholderValue
from softnlabs.website.pages import facts, texts
from softnlabs.website.pages.models import Page, PageTexts, Place

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class PublishedPage:
    """Rendered in each language. ``changed_at`` is unknown where the text has facts, which change without it."""

    address: str
    place: Place
    published_from: datetime | None
    published_until: datetime | None
    changed_at: datetime | None
    titles: Texts
    descriptions: Texts
    bodies: Texts

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def description(self) -> str:
        return in_language(self.descriptions)

    @property
    def body(self) -> SafeString:
        """HTML, as `texts.to_html` made it."""
        return SafeString(in_language(self.bodies))

    @property
    def href(self) -> str:
        """In the active language."""
        return texts.in_language(self.address, (get_language() or settings.LANGUAGE_CODE)[:2])

    def is_shown(self, now: datetime) -> bool:
        return (
            self.published_from is not None
            and self.published_from <= now
            and (self.published_until is None or now < self.published_until)
        )


def at(address: str, *, now: datetime) -> PublishedPage | None:
    """The page that is shown at this address (without the language)."""
    return next((page for page in shown(now=now) if page.address == address), None)


def shown(*, now: datetime) -> list[PublishedPage]:
    return [page for page in _cached.current() if page.is_shown(now)]


def listed(*places: Place, now: datetime) -> list[PublishedPage]:
    return [page for page in shown(now=now) if page.place in places]


def render(page: Page, *, changed_at: datetime | None, now: datetime) -> PublishedPage:
    """As the public would see it, whether or not it is published."""
    return _render(page, changed_at, _values(now))


Values = Callable[[str], dict[str, PlaceholderValue]]


def _values(now: datetime) -> Values:
    """The facts of each language. The register is read for texts alone: without a page nothing is asked."""
    known: dict[str, dict[str, PlaceholderValue]] = {}

    def values(language: str) -> dict[str, PlaceholderValue]:
        if not known:
            places = facts.hosting_places(now=now)
            known.update({code: facts.in_language(code, places) for code in LANGUAGES})
        return known[language]

    return values


def _render(page: Page, changed_at: datetime | None, values: Values) -> PublishedPage:
    filled = {code: {**values(code), **facts.of_page(changed_at, code)} for code in LANGUAGES}
    written = {field.name: str(getattr(page, field.name)) for field in PageTexts._meta.fields}
    return PublishedPage(
        address=page.address,
        place=Place(page.place),
        published_from=page.published_from,
        published_until=page.published_until,
        changed_at=None if any(map(texts.has_facts, written.values())) else _since(page, changed_at),
        titles={code: written[f"title_{code}"] for code in LANGUAGES},
        descriptions={
            code: texts.to_plain(written[f"description_{code}"], filled[code]) for code in LANGUAGES
        },
        bodies={
            code: texts.to_html(written[f"text_{code}"], filled[code], language=code) for code in LANGUAGES
        },
    )


def _since(page: Page, changed_at: datetime | None) -> datetime | None:
    """When what it says was first shown."""
    return max(filter(None, (page.published_from, changed_at)), default=None)


def _read() -> tuple[PublishedPage, ...]:
    values = _values(timezone.now())
    return tuple(_render(page, changed_at, values) for page, changed_at in Page.objects.for_display())


def _is_same(one: tuple[PublishedPage, ...], other: tuple[PublishedPage, ...]) -> bool:
    return one == other


_cached: Cached[tuple[PublishedPage, ...]] = Cached(_read, is_same=_is_same, fallback=())
invalidate = _cached.invalidate
