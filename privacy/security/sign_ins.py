"""Sign-ins, successful or failed. Each costs a slow password hash anyway, so it is inserted at once."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from privacy.datamap.subjects import fingerprint, normalise_email
from privacy.security.models import SignIn
from privacy.web import request_facts


def record(
    *, typed: str, account: int | None, is_accepted: bool, request: HttpRequest | None, now: datetime
) -> None:
    """Record one attempt with the address that was `typed`."""
    about = ""
    with suppress(ValueError):
        about = fingerprint(normalise_email(typed))
    SignIn.objects.create(
        at=now,
        account=account,
        about=about,
        address=request_facts.address(request) if request else None,
        is_accepted=is_accepted,
    )


def note_accepted(
    sender: type[AbstractBaseUser], request: HttpRequest | None, user: AbstractBaseUser, **_facts: object
) -> None:
    """Receiver of `user_logged_in`."""
    record(typed=user.get_username(), account=user.pk, is_accepted=True, request=request, now=timezone.now())


def note_refused(
    sender: str, credentials: Mapping[str, object], request: HttpRequest | None = None, **_facts: object
) -> None:
    """Receiver of `user_login_failed`."""
    typed = str(credentials.get("username") or "")
    record(typed=typed, account=None, is_accepted=False, request=request, now=timezone.now())
