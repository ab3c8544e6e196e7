"""Pictures for e-mail campaigns: drawn anew, made no larger than a mail shows them, and served by us alone."""

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.urls import Resolver404, resolve
from PIL import Image

from consent.mailings.picture_models import MailingPicture
from privacy.audit import trail
from privacy.files import storage
from privacy.files.uploads import CheckedDocument
from privacy.web.signed_links import absolute

WIDTH = 1120  # pixels: a mail is 560 wide, and good screens have two for each
KINDS = ("jpeg", "png")


def add(document: CheckedDocument, *, now: datetime) -> MailingPicture:
    """Raises :class:`OSError` when the disk refuses it."""
    content, (width, height) = _fitted(document.content)
    with transaction.atomic():
        file = storage.store(
            content, name=document.name, media_type=document.media_type, now=now, is_upload=True
        )
        picture = MailingPicture(file=file, width=width, height=height, added_at=now, added_by=trail.actor())
        picture.save(force_insert=True)
        trail.record("consent.mailingpicture.added", now=now, obj=picture)
    return picture


def is_ours(address: str) -> bool:
    """Whether this is the address of an uploaded picture, or of a static file of this site."""
    path = address.removeprefix(absolute(""))
    if path.startswith(settings.STATIC_URL):
        return finders.find(path.removeprefix(settings.STATIC_URL)) is not None
    key = _key(path)
    return key is not None and MailingPicture.objects.filter(pk=key).exists()


def _key(path: str) -> str | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match.kwargs["key"] if match.view_name == "consent:mailing-picture" else None


def _fitted(content: bytes) -> tuple[bytes, tuple[int, int]]:
    image = Image.open(BytesIO(content))
    if image.width <= WIDTH:
        return content, image.size
    kind = str(image.format)
    image.thumbnail((WIDTH, image.height))
    kept = BytesIO()
    image.save(kept, kind)
    return kept.getvalue(), image.size
