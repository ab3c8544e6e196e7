"""Wrapping the keys of files with the newest of `FILE_KEYS`, so that an older one can go. What apps encrypt with the
same keys goes along (``wrapped_secrets`` in :mod:`privacy.plugins`).

Only the wrapped key in each row is written, in short batches: a file can be read before, between and after them. What
somebody else is writing just then is passed over. Run again, it does what is left, wherever it was stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from privacy import plugins
from privacy.files import storage
from privacy.files.models import StoredFile

BATCH = 200
CHUNK = 5_000


@dataclass(frozen=True)
class Wrapped:
    """How many keys of files and other secrets are under the newest of ours, under an older one, and under none that we
    have."""

    newest: int
    older: int
    lost: int


def count() -> Wrapped:
    is_newest, is_ours = storage.wrapped_key_verifier(settings.FILE_KEYS[:1]), storage.wrapped_key_verifier()
    newest = older = lost = 0
    for wrapped in _all():
        if is_newest(wrapped):
            newest += 1
        elif is_ours(wrapped):
            older += 1
        else:
            lost += 1
    return Wrapped(newest, older, lost)


def run() -> int:
    """Wrap what is under an older key. Returns how many were."""
    is_newest, is_ours = storage.wrapped_key_verifier(settings.FILE_KEYS[:1]), storage.wrapped_key_verifier()
    done, last = 0, UUID(int=0)
    while rows := list(StoredFile.objects.filter(pk__gt=last).order_by("pk").only("wrapped_key")[:BATCH]):
        keys = [(row.pk, bytes(row.wrapped_key)) for row in rows]
        done += _wrap([pk for pk, key in keys if is_ours(key) and not is_newest(key)])
        last = rows[-1].pk
    return done + sum(_run_in(secrets) for secrets in _secrets())


def _run_in(secrets: plugins.WrappedSecrets) -> int:
    is_newest, is_ours = storage.wrapped_key_verifier(settings.FILE_KEYS[:1]), storage.wrapped_key_verifier()
    found = list(secrets.tokens())
    lost = {key for key, token in found if not is_ours(token)}
    return secrets.rewrap({key for key, token in found if not is_newest(token)} - lost)


def _secrets() -> Iterator[plugins.WrappedSecrets]:
    for config in plugins.installed():
        yield from config.wrapped_secrets


def _all() -> Iterator[bytes]:
    for wrapped in StoredFile.objects.values_list("wrapped_key", flat=True).iterator(chunk_size=CHUNK):
        yield bytes(wrapped)
    for secrets in _secrets():
        yield from (token for _key, token in secrets.tokens())


@transaction.atomic
def _wrap(ids: Sequence[UUID]) -> int:
    """Lets new records point at these files meanwhile, and waits for nobody."""
    rows = list(StoredFile.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=ids))
    for row in rows:
        row.wrapped_key = storage.rewrap(bytes(row.wrapped_key))
    StoredFile.objects.bulk_update(rows, ["wrapped_key"])
    return len(rows)
