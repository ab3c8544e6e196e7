"""Signed links: one salt per kind, an expiry date, nothing secret inside.

A link proves that somebody read a mail. To make it work once, put the state that it changes into ``value``, and
compare it when the link comes back.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing


class BadLinkError(ValueError):
    """A link that does not work. The page shown for it says what to do."""


class ForgedLinkError(BadLinkError):
    """The signature is wrong: the link was cut, altered, or made for another purpose."""


class ExpiredLinkError(BadLinkError):
    """The link was good and has expired: ``value`` is what it was for."""

    def __init__(self, kind: str, value: Any) -> None:
        super().__init__(kind)
        self.value = value


def sign(kind: str, value: object, *, until: datetime) -> str:
    """A token for ``value`` (anything JSON) that is valid for one ``kind`` until ``until``."""
    return signing.dumps([int(until.timestamp()), value], salt=f"links.{kind}", compress=True)


def read(kind: str, token: str, *, now: datetime) -> Any:
    """The value inside ``token``. Raises :class:`ForgedLinkError` or :class:`ExpiredLinkError`."""
    try:
        until, value = signing.loads(token, salt=f"links.{kind}")
        is_over = now.timestamp() >= until
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ForgedLinkError(kind) from error
    if is_over:
        raise ExpiredLinkError(kind, value)
    return value


def absolute(path: str) -> str:
    """The full address of ``path``, for a mail or a letter."""
    return f"{settings.SITE_URL}{path}"
