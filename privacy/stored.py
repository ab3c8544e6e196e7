"""The promises about files: encrypted, and never without their record."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from privacy import storage
from privacy.models import StoredFile
from privacy.promises import Promise, none_of

UPLOAD_TAKES = timedelta(hours=1)
OVERHEAD = storage.NONCE_BYTES + 16  # AES-GCM adds its tag


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "security.encrypted",
        "security",
        _("Each file that you send us is kept encrypted, with a key of its own."),
        _("files that are not"),
        lambda _look: none_of(sum(not _is_encrypted(file) for file in StoredFile.objects.iterator())),
    )
    yield Promise(
        "storage.files",
        "storage",
        _("No file outlives its record, and no record has lost its file."),
        _("files or records that stand alone"),
        lambda look: none_of(len(_lone_files(look.now)) + _unclaimed(look.now)),
    )


def _is_encrypted(file: StoredFile) -> bool:
    """As long as its cipher makes it, under a key that we can unwrap. A missing file is another promise's."""
    try:
        MultiFernet([Fernet(key) for key in settings.FILE_KEYS]).decrypt(bytes(file.wrapped_key))
        return storage.path_of(file.pk).stat().st_size == file.size + OVERHEAD
    except InvalidToken:
        return False
    except FileNotFoundError:
        return True


def _lone_files(now: datetime) -> set[str]:
    """Files without a row (but for those that come in right now), and rows without a file."""
    known = {key.hex for key in StoredFile.objects.values_list("pk", flat=True)}
    paths = [path for path in Path(settings.FILES_ROOT).glob("*/*") if path.is_file()]
    settled = (now - UPLOAD_TAKES).timestamp()
    without_row = {path.name for path in paths if path.name not in known and path.stat().st_mtime < settled}
    return without_row | (known - {path.name for path in paths})


def _unclaimed(now: datetime) -> int:
    """Files that no record points at."""
    unclaimed = StoredFile.objects.filter(stored_at__lt=now - UPLOAD_TAKES)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is StoredFile:
                pointing = model._base_manager.filter(**{field.name: OuterRef("pk")})
                unclaimed = unclaimed.exclude(Exists(pointing))
    return unclaimed.count()
