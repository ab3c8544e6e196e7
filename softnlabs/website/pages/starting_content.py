"""The pages that a new site starts with, from the texts in `starting/`.

Once there is a page, the desk alone says which there are: one that it gave another address does not come back.

A file holds a title (the first line, behind `# `), a description (the next paragraph) and the text.
"""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from softnlabs.website.pages import editing
from softnlabs.website.pages.models import Page, Place

FOLDER = Path(__file__).resolve().parent / "starting"
PAGES = {
    "home": Place.HOME,
    "services": Place.MENU,
    "systems": Place.SERVICES,
    "software": Place.SERVICES,
    "advice": Place.SERVICES,
    "about": Place.MENU,
    "legal": Place.FOOTER,
    "accessibility": Place.FOOTER,
}


def load(now: datetime) -> None:
    """Publish them all, where there is no page yet."""
    with transaction.atomic():
        if Page.objects.exists():
            return
        for number, (slug, place) in enumerate(PAGES.items(), start=1):
            editing.save(_page(slug, place, position=10 * number, published_from=now), now=now)


def _page(slug: str, place: Place, *, position: int, published_from: datetime) -> Page:
    texts = {language: _read(slug, language) for language in ("en", "fr")}
    said = {
        f"{name}_{language}": part
        for language, parts in texts.items()
        for name, part in zip(("title", "description", "text"), parts, strict=True)
    }
    return Page(slug=slug, place=place, position=position, published_from=published_from, **said)


def _read(slug: str, language: str) -> tuple[str, str, str]:
    written = (FOLDER / f"{slug}.{language}.md").read_text(encoding="utf-8")
    title, description, text = written.split("\n\n", 2)
    return title.removeprefix("# "), description.replace("\n", " "), text.strip()
