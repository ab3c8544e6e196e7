"""Encrypted files, each with its own key.

AES-256-GCM with the file's id as associated data: a swapped, changed or shortened file is refused. The file's key is
wrapped by the site's keys (``FILE_KEYS``, newest first) and stands in the row. Without the row the content cannot be
decrypted, so deleting the row erases the file everywhere, backups included; the file on disk is removed after commit.
"""

import base64
import binascii
import hmac
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from privacy.files.models import StoredFile
from privacy.web.headers import FILE_POLICY

NONCE_BYTES = 12
OVERHEAD = NONCE_BYTES + 16  # AES-GCM adds its tag
URL_SAFE = bytes.maketrans(b"-_", b"+/")
log = logging.getLogger(__name__)


class UnreadableFileError(RuntimeError):
    """The file is missing, altered, or its key cannot be unwrapped."""


class InfectedError(UnreadableFileError):
    """The scanner for viruses found something: the content is destroyed."""


class QuarantinedError(UnreadableFileError):
    """The scanner for viruses has not seen the file yet: nobody opens it."""


def store(
    content: bytes, *, name: str, media_type: str, now: datetime, is_upload: bool = False
) -> StoredFile:
    """Encrypt ``content`` and keep it. Raises :class:`OSError` when the disk refuses; then nothing is left."""
    file = StoredFile(
        name=name[:255], media_type=media_type, size=len(content), stored_at=now, is_upload=is_upload
    )
    key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, content, file.id.bytes)
    file.changed_ns = _write(path_of(file.id), sealed)
    file.wrapped_key = _wrapper().encrypt(key)
    file.save(force_insert=True)
    return file


def read(file: StoredFile) -> bytes:
    """The plain content of ``file``, for people.

    Raises :class:`UnreadableFileError`; what kind of it, :func:`why_closed` says in words.
    """
    if file.infected_at:
        raise InfectedError(str(file.id))
    if file.is_in_quarantine:
        raise QuarantinedError(str(file.id))
    return read_unscanned(file)


def read_unscanned(file: StoredFile) -> bytes:
    """The same for the program alone. Raises :class:`UnreadableFileError`."""
    try:
        sealed = path_of(file.id).read_bytes()
        key = _wrapper().decrypt(bytes(file.wrapped_key))
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], file.id.bytes)
    except (OSError, InvalidTag, InvalidToken, ValueError) as error:  # ValueError: cut inside the nonce
        raise UnreadableFileError(str(file.id)) from error


def why_closed(error: UnreadableFileError) -> str:
    """For staff, in the language in force."""
    if isinstance(error, QuarantinedError):
        return gettext("This file is still being scanned for viruses. Please come back in a few minutes.")
    if isinstance(error, InfectedError):
        return gettext("This file held a virus: its content was destroyed.")
    return gettext("This file cannot be read any more.")


def destroy(files: Iterable[uuid.UUID]) -> int:
    """Destroy the keys of ``files`` now, and their content after the commit. Returns how many."""
    ids = list(files)
    deleted, _ = StoredFile.objects.filter(pk__in=ids).delete()
    transaction.on_commit(partial(_remove, ids))
    return deleted


def attachment(file: StoredFile) -> HttpResponse:
    """``file`` as a download that no browser runs or caches. Raises :class:`UnreadableFileError`."""
    return _attachment(file, read(file))


def own_attachment(file: StoredFile) -> HttpResponse:
    """The same of a file that we made: it waits for no scanner, however old it is."""
    return _attachment(file, read_unscanned(file))


def _attachment(file: StoredFile, content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name),
            "Content-Security-Policy": FILE_POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def destroy_content(file: StoredFile, *, now: datetime) -> None:
    """Destroy what is in a file for a virus, and keep its row: a record points at it."""
    file.wrapped_key, file.changed_ns, file.infected_at, file.scanned_at = b"", None, now, now
    file.save(update_fields=["wrapped_key", "changed_ns", "infected_at", "scanned_at"])
    transaction.on_commit(partial(_remove, [file.pk]))


def path_of(file_id: uuid.UUID) -> Path:
    return Path(settings.FILES_ROOT) / file_id.hex[:2] / file_id.hex


def rewrap(wrapped: bytes) -> bytes:
    """The same key of a file, wrapped with the newest key. Raises :class:`InvalidToken` if none of ours wrapped it."""
    return _wrapper().rotate(wrapped)


def wrapped_key_verifier(among: Sequence[str] | None = None) -> Callable[[bytes], bool]:
    """A function that tells whether a wrapped key is one of ours, unaltered: wrapped by one ``among`` FILE_KEYS.

    A Fernet token ends with the HMAC-SHA256 of all before it, under the first half of the wrapping key. Checking that
    alone takes a fifth of the time of unwrapping the key.
    """
    halves = [base64.urlsafe_b64decode(key)[:16] for key in (settings.FILE_KEYS if among is None else among)]

    def is_ours(wrapped: bytes) -> bool:
        try:
            token = binascii.a2b_base64(wrapped.translate(URL_SAFE))
        except binascii.Error:
            return False
        said, seal = token[:-32], token[-32:]
        return seal in [hmac.digest(half, said, "sha256") for half in halves]

    return is_ours


def _write(path: Path, sealed: bytes) -> int:
    """Returns the file's ctime in nanoseconds, which moves only if somebody changes the file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    try:
        with scratch.open("wb") as target:
            target.write(sealed)
            target.flush()
            os.fsync(target.fileno())
        scratch.rename(path)
    finally:
        scratch.unlink(missing_ok=True)
    return path.stat().st_ctime_ns


def _remove(ids: Iterable[uuid.UUID]) -> None:
    """What the disk refuses to remove has no key any more, and the sweep tries again: nothing waits for it."""
    for file_id in ids:
        try:
            path_of(file_id).unlink(missing_ok=True)
        except OSError as error:
            log.error("a file whose key is destroyed could not be removed: %s", error.strerror)


def _wrapper() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FILE_KEYS])
