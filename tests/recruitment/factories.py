"""Applications and offers made for a test."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from privacy.files import storage
from recruitment.applications.models import Application
from recruitment.offers.models import Offer
from tests import documents

TYPED = {
    "first_name": "Alice",
    "surname": "Lasserre",
    "email": "alice@example.org",
    "telephone": "+33 5 59 00 00 00",
    "postcode": "64290",
    "qualifications": "Licence d’informatique",
    "experience": "Five years of Python",
    "message": "I like plain solutions.",
}
ORDINARY_DAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def make_offer(slug: str = "gardener", **facts: Any) -> Offer:
    """A published offer."""
    said = {
        "title_en": "Gardener",
        "title_fr": "Jardinage",
        "description_en": "Roses.",
        "description_fr": "Des roses.",
    }
    return Offer.objects.create(
        **({"kind": "JOB", "place": "Gan", "published_at": ORDINARY_DAY} | said | {"slug": slug} | facts)
    )


def make_application(
    email: str = "alice@example.org", *, at: datetime = ORDINARY_DAY, **facts: Any
) -> Application:
    """An application whose last contact was ``at``."""
    cv = storage.store(b"a CV of " + email.encode(), name="cv.pdf", media_type="application/pdf", now=at)
    dates = {"received_at": at, "last_contact_at": at}
    fixed = {"email": email, "language": "en", "entity": "818 145 302", "cv": cv}
    return Application.objects.create(**(TYPED | fixed | dates | facts))


def cv_file(content: bytes | None = None, name: str = "cv.pdf") -> SimpleUploadedFile:
    """A CV as a browser sends it."""
    return SimpleUploadedFile(name, documents.pdf() if content is None else content, "application/pdf")
