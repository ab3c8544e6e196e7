"""DKIM signatures (RFC 6376) over what leaves, and what they have to cover for one-click unsubscribing (RFC 8058).

Either this site signs, with the key of `DKIM_PRIVATE_KEY`, or the relay behind it does (`MAIL_RELAY_SIGNS`). dkimpy
reads, canonicalises and verifies; the RSA operation is left to `cryptography`, which is forty times as fast.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.utils.translation import gettext as _
from dkim.canonicalization import CanonicalizationPolicy

LEAST_BITS = 2048  # RFC 8301: signers should use at least so many
ONE_CLICK = ("list-unsubscribe", "list-unsubscribe-post")
"""Both have to be covered, or mailboxes show no button to unsubscribe (RFC 8058, section 4)."""
# A second one of these, or a first one that is not there, would change what the reader sees: each is named once more
# than it stands in the message, so that adding one breaks the signature.
GUARDED = (
    b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"in-reply-to", b"references",
)  # fmt: skip
# Not every message has these; a relay may add its own to one that has none.
GUARDED_WHERE_THERE = (b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"auto-submitted")
LINE = 72
DnsLookup = Callable[..., bytes | str | None]


class UnusableKeyError(ValueError):
    """A private key that cannot sign. The message says why, and never holds the key."""


@dataclass(frozen=True)
class Signer:
    """A key with the name under which its public part stands in the DNS."""

    selector: str
    domain: str
    key: RSAPrivateKey

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that has to stand at :attr:`record_name`."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def sign(self, message: bytes, *, at: int) -> bytes:
        """The message, final to the last byte, with its signature before it. ``at``: seconds since 1970."""
        policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        headers, body = dkim.rfc822_parse(message)
        names = _covered(headers)
        field = self._field(names, hashlib.sha256(policy.canonicalize_body(body)).digest(), at)
        collected = _Collected()
        dkim.hash_headers(
            collected, policy, policy.canonicalize_headers(headers), names, (b"DKIM-Signature", field), {}
        )
        signature = self.key.sign(bytes(collected.content), padding.PKCS1v15(), hashes.SHA256())
        return b"DKIM-Signature:" + field + _folded(base64.b64encode(signature)) + b"\r\n" + message

    def _field(self, names: list[bytes], body_hash: bytes, at: int) -> bytes:
        """The header but for the signature itself, which stands last."""
        tags = (
            f" v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={at};".encode(),
            b" bh=" + base64.b64encode(body_hash) + b";",
            *_lines_of_names(names),
            b" b=",
        )
        return b"\r\n".join(tags)


class _Collected:
    """Takes what dkimpy would hash."""

    def __init__(self) -> None:
        self.content = bytearray()

    def update(self, content: bytes) -> None:
        self.content += content


def signer() -> Signer | None:
    """Who signs here; ``None`` where no key is set. Raises `UnusableKeyError`."""
    if not settings.DKIM_PRIVATE_KEY:
        return None
    if not settings.DKIM_SELECTOR:
        raise UnusableKeyError("DKIM_SELECTOR is not set: the key has no name in the DNS.")
    return Signer(settings.DKIM_SELECTOR, settings.DKIM_DOMAIN, read_key(settings.DKIM_PRIVATE_KEY))


@lru_cache(maxsize=2)
def read_key(text: str) -> RSAPrivateKey:
    """From PEM, or from the one line of base64 that `manage.py make_keys` prints. Raises `UnusableKeyError`."""
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_private_key(text.encode(), password=None)
        else:
            der = base64.b64decode("".join(text.split()), validate=True)
            key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise UnusableKeyError("DKIM_PRIVATE_KEY holds no private key that can be read.") from None
    if not isinstance(key, RSAPrivateKey):
        raise UnusableKeyError("DKIM_PRIVATE_KEY holds no RSA key: not every mailbox knows another kind.")
    if key.key_size < LEAST_BITS:
        raise UnusableKeyError(f"DKIM_PRIVATE_KEY has {key.key_size} bits of at least {LEAST_BITS}.")
    return key


def is_ready() -> str:
    """Why no campaign may be sent now, in the language in force; empty where one may.

    Each message of a campaign has to be signed. Local mode sends nothing anywhere, so it needs no signature.
    """
    try:
        signs = settings.LOCAL_MODE or settings.MAIL_RELAY_SIGNS or signer() is not None
    except UnusableKeyError as error:
        return _("E-mails cannot be signed: %(reason)s") % {"reason": error}
    if signs:
        return ""
    return _(
        "E-mails are not signed (DKIM), so mailboxes would not show the button to unsubscribe. Ask whoever runs the"
        " site to set DKIM_PRIVATE_KEY."
    )


@dataclass(frozen=True)
class Verification:
    """What was found of one signature: whose it is, whether it holds, and which headers it covers."""

    domain: str
    selector: str
    is_valid: bool
    covered: tuple[str, ...]

    @property
    def uncovered(self) -> list[str]:
        """The headers of one-click unsubscribing that it does not cover."""
        return [name for name in ONE_CLICK if name not in self.covered]


def verify(message: bytes, *, lookup: DnsLookup | None = None) -> list[Verification]:
    """Each signature of the message. ``lookup`` gives the DNS record of a name; by default the DNS is asked."""
    reader = dkim.DKIM(message)
    count = sum(name.lower() == b"dkim-signature" for name, _value in reader.headers)
    return [_verified(message, index, lookup) for index in range(count)]


def present(message: bytes) -> set[str]:
    """The names of the headers of a message, in lower case."""
    headers, _body = dkim.rfc822_parse(message)
    return {name.decode("ascii", "replace").lower() for name, _value in headers}


def _verified(message: bytes, index: int, lookup: DnsLookup | None) -> Verification:
    reader = dkim.DKIM(message)
    try:
        is_valid = reader.verify(index, dnsfunc=lookup) if lookup else reader.verify(index)
    except dkim.DKIMException:
        is_valid = False
    covered = getattr(reader, "include_headers", ())
    return Verification(
        (reader.domain or b"").decode("ascii", "replace"),
        reader.selector.decode("ascii", "replace") if isinstance(reader.selector, bytes) else reader.selector,
        bool(is_valid),
        tuple(name.decode("ascii", "replace") for name in covered),
    )


def _covered(headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    """The names to sign, each once more than it stands in the message."""
    there = [name.lower() for name, _value in headers]
    also = [name for name in GUARDED_WHERE_THERE if name in there]
    return [name for each in (*GUARDED, *also) for name in [each] * (there.count(each) + 1)]


def _lines_of_names(names: list[bytes]) -> list[bytes]:
    lines = [b" h="]
    for number, name in enumerate(names):
        word = name + (b":" if number < len(names) - 1 else b";")
        if len(lines[-1]) + len(word) > LINE:
            lines.append(b" ")
        lines[-1] += word
    return lines


def _folded(text: bytes) -> bytes:
    return b"\r\n ".join(text[at : at + LINE] for at in range(0, len(text), LINE))
