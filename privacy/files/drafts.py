"""Files that wait while somebody corrects a form: a browser cannot fill in a file field again, so we keep the file.

A file is kept only when it has passed its checks, encrypted like any other, for a day at most. The page holds a
signed token for it. Whoever sends the form again with that token takes the file over, once.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from privacy.files import room, storage
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.web import locks, signed_links

KIND = "draft"


class DraftGoneError(RuntimeError):
    """The kept file was claimed already, or its day is over."""


def keep(document: CheckedDocument, *, email: str, now: datetime) -> Draft:
    """Keep ``document`` for a day; ``email`` (normalised, or empty) is how its owner can be found.

    Raises :class:`~privacy.files.room.NoRoomError`, and :class:`OSError` when the disk refuses.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.DRAFTS])  # or two would take the last place
        room.check_draft(len(document.content))
        file = storage.store(
            document.content, name=document.name, media_type=document.media_type, now=now, is_upload=True
        )
        draft = Draft(file=file, email=email, kept_at=now)
        draft.save()
    return draft


def token(draft: Draft) -> str:
    """What the page holds for ``draft``: valid as long as it is kept."""
    return signed_links.sign(KIND, str(draft.pk), until=Draft.personal_data.keep.period.after(draft.kept_at))


def find(text: str, *, now: datetime) -> Draft | None:
    """The draft behind a token that came back; ``None`` when it is forged, claimed or expired."""
    try:
        key = UUID(signed_links.read(KIND, text, now=now))
    except (signed_links.BadLinkError, ValueError, TypeError, AttributeError):
        return None
    return Draft.objects.live(now).filter(pk=key).select_related("file").first()


def claim(draft: Draft, *, now: datetime) -> StoredFile:
    """Make the file of ``draft`` the caller's own, inside the caller's transaction. Raises :class:`DraftGoneError`."""
    deleted, _by_model = Draft.objects.live(now).filter(pk=draft.pk).delete()
    if not deleted:
        raise DraftGoneError(str(draft.pk))
    return draft.file


def discard(draft: Draft) -> None:
    """Destroy ``draft`` and its file, because another file was chosen."""
    with transaction.atomic():
        deleted, _by_model = Draft.objects.filter(pk=draft.pk).delete()
        if deleted:
            storage.destroy([draft.file_id])
