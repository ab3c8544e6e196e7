"""Signed links: one salt per kind, an end to each, nothing secret inside.

A link proves that somebody read a mail. Single use comes from what is signed: put the state that the link
changes into ``value``, and compare it when the link comes back.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing


class BadLinkError(ValueError):
    """A link that opens nothing. The page shown for it helps on."""


class ForgedLinkError(BadLinkError):
    """The signature is wrong: cut short, altered, or made for another purpose."""


class ExpiredLinkError(BadLinkError):
    """The link was good, but its time is over: ``value`` is what it was for."""

    def __init__(self, kind: str, value: Any) -> None:
        super().__init__(kind)
        self.value = value


def sign(kind: str, value: Any, *, until: datetime) -> str:
    """A token for ``value`` (anything JSON) that opens doors of one ``kind`` and ends at ``until``."""
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
