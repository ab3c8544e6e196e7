"""The reply templates that a new site starts with, from the texts in `starting/`: subject first, then the text."""

from datetime import datetime
from pathlib import Path

from softnlabs.website.enquiries.models import ReplyTemplate

FOLDER = Path(__file__).resolve().parent / "starting"
NAMES = {
    "appointment": "Appointment / Rendez-vous",
    "question": "Question / Précision",
    "decline": "Not offered / Hors de notre offre",
}


def load(now: datetime) -> None:
    """Only where there is none: what was deleted at the desk does not come back."""
    if ReplyTemplate.objects.exists():
        return
    for slug, name in NAMES.items():
        (subject_en, text_en), (subject_fr, text_fr) = (_read(slug, language) for language in ("en", "fr"))
        ReplyTemplate.objects.create(
            name=name, subject_en=subject_en, text_en=text_en, subject_fr=subject_fr, text_fr=text_fr
        )


def _read(slug: str, language: str) -> tuple[str, str]:
    subject, _newline, text = (FOLDER / f"{slug}.{language}.txt").read_text(encoding="utf-8").partition("\n")
    return subject, text.strip()
