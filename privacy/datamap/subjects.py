"""A person as we know them, and what may outlive their erasure.

A :class:`Subject` is the set of keys under which somebody's data can be found. A fingerprint is a keyed hash: it
recognises an address again without holding it.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from email_validator import EmailNotValidError, validate_email

KEYS = ("emails", "receipts", "accounts", "sessions")


@dataclass(frozen=True)
class Subject:
    """The keys of one person: e-mail addresses (normalised), receipts of choices, accounts and open sessions."""

    emails: frozenset[str] = field(default_factory=frozenset)
    receipts: frozenset[UUID] = field(default_factory=frozenset)
    accounts: frozenset[int] = field(default_factory=frozenset)
    sessions: frozenset[str] = field(default_factory=frozenset)

    @property
    def fingerprints(self) -> frozenset[str]:
        """The pseudonyms of this person in records that outlive erasure: one for each address."""
        return frozenset(map(fingerprint, self.emails))

    @property
    def is_known(self) -> bool:
        """Whether it has any key."""
        return any(map(self.keys, KEYS))

    @classmethod
    def of_email(cls, email: str) -> "Subject":
        """The person with one address, in any spelling. Raises :class:`ValueError` when it is no address."""
        return cls(emails=frozenset({normalise_email(email)}))

    @property
    def pseudonyms(self) -> frozenset[str]:
        """A keyed hash of every key: see :func:`pseudonym`."""
        return frozenset(pseudonym(kind, value) for kind in KEYS for value in self.keys(kind))

    def keys(self, attribute: str) -> list[object]:
        """The values of ``attribute``, one of :data:`KEYS` or ``fingerprints``, sorted."""
        return sorted(getattr(self, attribute), key=str)


def normalise_email(address: str) -> str:
    """One spelling for one mailbox: NFKC, lower case, the domain as IDNA. Raises :class:`ValueError`."""
    text = unicodedata.normalize("NFKC", address).strip()
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=settings.LOCAL_MODE)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    local = checked.ascii_local_part or checked.local_part
    return f"{local}@{checked.ascii_domain}".lower()


def fingerprint(value: str) -> str:
    """A keyed hash (64 hexadecimal digits) of a normalised value; without the key nobody can compute it."""
    return hmac.new(settings.PSEUDONYM_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def pseudonym(kind: str, value: object) -> str:
    """The keyed hash of one key of a person, ``kind`` an attribute of :class:`Subject`."""
    return fingerprint(str(value) if kind == "emails" else f"{kind}:{value}")
