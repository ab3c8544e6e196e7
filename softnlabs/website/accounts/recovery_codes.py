"""Recovery codes: made at the moment at which they are shown, and kept as hashes alone.

django-allauth keeps them encrypted, so whoever has the database and the keys could read them. `install` puts this class
in its place.
"""

import secrets
import time

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth, flows
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from softnlabs.website.accounts.models import User


class HashedCodes(auth.RecoveryCodes):  # type: ignore[misc]
    """The hash of a code that was used is gone."""

    instance: Authenticator

    @classmethod
    def activate(cls, user: User) -> "HashedCodes":
        """There are no codes yet: :meth:`show` makes them."""
        row, _is_new = Authenticator.objects.get_or_create(
            user=user, type=Authenticator.Type.RECOVERY_CODES, defaults={"data": {"hashes": []}}
        )
        return cls(row)

    @transaction.atomic
    def show(self) -> list[str]:
        """The codes, at the first call. Empty ever after, as nobody can read them any more."""
        row = self._lock()
        if row.data.get("viewed_at"):
            return []
        codes = [_make_code() for _number in range(app_settings.RECOVERY_CODE_COUNT)]
        row.data = {"hashes": list(map(make_password, codes)), "viewed_at": time.time()}
        row.save(update_fields=["data"])
        return codes

    @transaction.atomic
    def validate_code(self, code: str) -> bool:
        """Uses it up."""
        typed, row = normalize_user_code(code), self._lock()
        if len(typed) != app_settings.RECOVERY_CODE_DIGITS:  # such as one of an app: hashing takes time
            return False
        found = next((each for each in row.data["hashes"] if check_password(typed, each)), None)
        if found is not None:
            row.data["hashes"].remove(found)
            row.save(update_fields=["data"])
        return found is not None

    def are_all(self, codes: list[str]) -> bool:
        hashes = self.instance.data["hashes"]
        return bool(codes) and len(codes) == len(hashes) and all(map(check_password, codes, hashes))

    def get_unused_codes(self) -> list[str]:
        """As many as are left: allauth counts them."""
        return ["*" * app_settings.RECOVERY_CODE_DIGITS for _hash in self.instance.data["hashes"]]

    def _lock(self) -> Authenticator:
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
        return self.instance


def install() -> None:
    """allauth has no setting for this class: both modules through which it is reached name ours."""
    for module in (auth, flows):
        module.RecoveryCodes = HashedCodes


def _make_code() -> str:
    digits: int = app_settings.RECOVERY_CODE_DIGITS
    return str(secrets.randbelow(10**digits)).zfill(digits)
