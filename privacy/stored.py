"""The promises about files: encrypted, and never without their record."""

from collections.abc import Iterator
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from privacy import storage, sweep
from privacy.models import StoredFile
from privacy.promises import Promise, none_of

OVERHEAD = storage.NONCE_BYTES + 16  # AES-GCM adds its tag
SAMPLE = 30  # opened at each look: a quarter of a second at the largest


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "security.encrypted",
        "security",
        _("Each file that you send us is kept encrypted, with a key of its own."),
        _("files that are not"),
        lambda _look: none_of(len(_in_clear())),
    )
    yield Promise(
        "storage.files",
        "storage",
        _("No file outlives its record, and no record has lost its file."),
        _("files or records that stand alone"),
        lambda look: none_of(_alone(look.now)),
    )


def _in_clear() -> set[object]:
    """The files that are not as their cipher makes them, and of some chosen by chance those that it did not make."""
    files = StoredFile.objects
    chosen = [file for file in files.order_by("?")[:SAMPLE] if storage.path_of(file.pk).exists()]
    strange = {file.pk for file in files.iterator() if not _is_encrypted(file)}
    return strange | {file.pk for file in chosen if not _opens(file)}


def _opens(file: StoredFile) -> bool:
    try:
        return len(storage.read(file)) == file.size
    except storage.Unreadable:
        return False


def _is_encrypted(file: StoredFile) -> bool:
    """As long as its cipher makes it, under a key that we can unwrap. A missing file is another promise's."""
    try:
        MultiFernet([Fernet(key) for key in settings.FILE_KEYS]).decrypt(bytes(file.wrapped_key))
        return storage.path_of(file.pk).stat().st_size == file.size + OVERHEAD
    except InvalidToken:
        return False
    except FileNotFoundError:
        return True


def _alone(now: datetime) -> int:
    return len(sweep.files_without_row(now=now)) + len(sweep.rows_without_file()) + _unclaimed(now)


def _unclaimed(now: datetime) -> int:
    """Files that no record points at."""
    unclaimed = StoredFile.objects.filter(stored_at__lt=now - sweep.UPLOAD_TAKES)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is StoredFile:
                pointing = model._base_manager.filter(**{field.name: OuterRef("pk")})
                unclaimed = unclaimed.exclude(Exists(pointing))
    return unclaimed.count()
