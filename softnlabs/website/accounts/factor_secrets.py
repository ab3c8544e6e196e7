"""Secrets of second factors go along when `FILE_KEYS` change: ``wrapped_secrets`` in :mod:`privacy.plugins`."""

from collections.abc import Collection, Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from privacy.files import storage

# What django-allauth keeps encrypted: of an app, and of recovery codes. A passkey has no secret here.
ENCRYPTED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class FactorSecrets:
    def tokens(self) -> Iterator[tuple[int, bytes]]:
        for row in Authenticator.objects.filter(type__in=ENCRYPTED).only("type", "data"):
            yield row.pk, row.data[ENCRYPTED[row.type]].encode()

    @transaction.atomic
    def rewrap(self, keys: Collection[int]) -> int:
        """Which recovery codes were used stands beside their secret: the row is locked before it is read."""
        rows = list(Authenticator.objects.select_for_update(skip_locked=True).filter(pk__in=keys))
        for row in rows:
            name = ENCRYPTED[row.type]
            row.data[name] = storage.rewrap(row.data[name].encode()).decode()
        Authenticator.objects.bulk_update(rows, ["data"])
        return len(rows)
