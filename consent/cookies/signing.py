"""Values that the browser keeps for us and cannot change: HMAC-SHA256, one key per kind of value, a few microseconds.

Django's own signer derives its key anew at each use, which costs more than everything else that the guard does.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

MAX_LENGTH = 3000
"""No value of ours comes near; a browser refuses 4096 bytes. What is longer is not looked at."""


def sign(kind: str, text: str) -> str:
    """`text` (ASCII, of characters that a cookie takes unquoted), a full stop, and its signature."""
    return f"{text}.{_signature(settings.SECRET_KEY, kind, text.encode('ascii'))}"


def unsign(kind: str, raw: str) -> str | None:
    """What we signed, or None for anything else whatever: forged, cut, too long, of another kind."""
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
