"""Signed values that the browser keeps: HMAC-SHA256, one key for each kind of value, a few microseconds.

Django's `Signer` derives its key at each use, which would cost more than the rest of the guard.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

MAX_LENGTH = 3000
"""Characters. Our values are shorter, and browsers refuse more than 4096 bytes; longer ones are not even verified."""


def sign(kind: str, text: str) -> str:
    """`text` must be ASCII, of characters that need no quotes in a cookie.

    Returns it with a full stop and its signature.
    """
    return f"{text}.{_signature(settings.SECRET_KEY, kind, text.encode('ascii'))}"


def unsign(kind: str, raw: str) -> str | None:
    """The signed text, or None for a value that is forged, truncated, too long or of another kind."""
    text, point, signature = raw.rpartition(".")
    if not point or len(raw) > MAX_LENGTH or not raw.isascii():
        return None
    content, given = text.encode("ascii"), signature.encode("ascii")
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(_signature(str(secret), kind, content).encode("ascii"), given):
            return text
    return None


def _signature(secret: str, kind: str, content: bytes) -> str:
    digest = hmac.digest(_key(secret, kind), content, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@lru_cache(maxsize=64)
def _key(secret: str, kind: str) -> bytes:
    return hashlib.sha256(f"consent.cookies.signing|{kind}|{secret}".encode()).digest()
