"""The addresses under which somebody settles our commercial messages, without signing in, for years.

The token is the address itself, encrypted and authenticated (AES-SIV, 128 bits): nothing is stored, so it still works
when nobody is listed any more, and it says nothing to whoever reads it. A key that was rotated out goes on opening what
it made, as long as it stands in ``SECRET_KEY_FALLBACKS``.
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.web import signed_links

BLOCK: Final = 32
"""Addresses are filled up to a multiple of this: the length of a token does not tell theirs."""
FILLER: Final = b"\0"


def preferences(email: str, *, language: str) -> str:
    """The full address of the page where its owner chooses. `email` is normalised."""
    return _address("mail-preferences", email, language)


def unsubscribe(email: str, *, language: str) -> str:
    """The full address for the header `List-Unsubscribe` (RFC 8058), and for a person to stop everything."""
    return _address("mail-unsubscribe", email, language)


def token(email: str) -> str:
    text = email.encode()
    filled = text + FILLER * (-len(text) % BLOCK)
    return urlsafe_b64encode(_cipher(settings.SECRET_KEY).encrypt(filled, None)).rstrip(b"=").decode()


def read(token: str) -> str:
    """The address inside. Raises `signed_links.ForgedLinkError`."""
    try:
        sealed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise signed_links.ForgedLinkError from error
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(sealed, None).rstrip(FILLER).decode()
        except (InvalidTag, ValueError):
            continue
    raise signed_links.ForgedLinkError


@cache
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(f"consent.mail_preferences {secret}".encode()).digest())


def _address(name: str, email: str, language: str) -> str:
    with translation.override(language):
        return signed_links.absolute(reverse(f"consent:{name}", args=[token(email)]))
