"""Secrets of second factors go along when `FILE_KEYS` change: ``wrapped_secrets`` in :mod:`privacy.plugins`."""

from collections.abc import Collection, Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from privacy.files import storage

# Of an app alone: recovery codes are kept as hashes, and a passkey has no secret here.
NAME = "secret"


class FactorSecrets:
    def tokens(self) -> Iterator[tuple[int, bytes]]:
        for row in Authenticator.objects.filter(type=Authenticator.Type.TOTP).only("type", "data"):
            yield row.pk, row.data[NAME].encode()

    @transaction.atomic
    def rewrap(self, keys: Collection[int]) -> int:
        rows = list(Authenticator.objects.select_for_update(skip_locked=True).filter(pk__in=keys))
        for row in rows:
            row.data[NAME] = storage.rewrap(row.data[NAME].encode()).decode()
        Authenticator.objects.bulk_update(rows, ["data"])
        return len(rows)
