"""One spelling for each mailbox: who stopped our messages under one spelling gets none under another."""

import unicodedata
from typing import Final

from privacy.datamap import subjects

GMAIL: Final = "gmail.com"
GMAIL_DOMAINS: Final = frozenset({GMAIL, "googlemail.com"})
"""Their mailboxes ignore dots, and all that follows a plus. At other providers those may be other people."""


def same_mailbox(email: str) -> str:
    """The same text for every spelling of one mailbox: NFKC, lower case, IDNA, and what Gmail ignores.

    Never fails: what is no address is only folded. It is no address to write to.
    """
    local, at, domain = _normalised(email).rpartition("@")
    if domain not in GMAIL_DOMAINS:
        return f"{local}{at}{domain}"
    kept = local.partition("+")[0].replace(".", "")
    return f"{kept or local}@{GMAIL}"


def fingerprint(email: str) -> str:
    """The keyed hash of the address as it is spelt: what older entries of the list were made of."""
    return subjects.fingerprint(_normalised(email))


def mailbox_fingerprint(email: str) -> str:
    return subjects.fingerprint(same_mailbox(email))


def fingerprints(email: str) -> frozenset[str]:
    """Both: an address is looked for under each."""
    return frozenset({fingerprint(email), mailbox_fingerprint(email)})


def _normalised(email: str) -> str:
    try:
        return subjects.normalise_email(email)
    except ValueError:
        return unicodedata.normalize("NFKC", email).strip().lower()
