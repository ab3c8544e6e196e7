"""Two offers that a new site starts with, from the texts in `starting/`. Existing rows are left alone."""

from datetime import datetime
from pathlib import Path

from recruitment.offers.models import Offer

FOLDER = Path(__file__).resolve().parent / "starting"
OFFERS = {"python-developer": Offer.OfferKind.JOB, "systems-internship": Offer.OfferKind.INTERNSHIP}


def load(now: datetime) -> None:
    """Publish each offer whose slug is free."""
    for slug, kind in OFFERS.items():
        titles, texts = zip(*(_read(slug, language) for language in ("en", "fr")), strict=True)
        facts = {
            "kind": kind,
            "title_en": titles[0],
            "title_fr": titles[1],
            "description_en": texts[0],
            "description_fr": texts[1],
            "place": "Gan (64290)",
            "published_at": now,
        }
        Offer.objects.get_or_create(slug=slug, defaults=facts)


def _read(slug: str, language: str) -> tuple[str, str]:
    """Title (the first line, without its `# `) and text of one file."""
    title, _newline, text = (FOLDER / f"{slug}.{language}.md").read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# "), text.strip()
