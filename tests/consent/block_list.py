"""What block lists against cookie notices look for, as data in our own words: what they hide, and what they stop.

A visitor with such a list must still be asked, and must still be able to change their mind.
"""

import re
from html.parser import HTMLParser
from typing import Final

WORDS: Final = (
    "cookie", "consent", "gdpr", "rgpd", "ccpa", "cmp-", "cmp_", "privacy-banner", "privacy-bar", "privacy-notice",
    "privacy-popup", "privacy_banner", "eu-law", "eulaw", "tracking-notice", "data-protection-banner", "onetrust",
    "optanon", "didomi", "quantcast", "qc-cmp", "usercentrics", "uc-banner", "truste", "trustarc", "cybot", "iubenda",
    "tarteaucitron", "orejime", "klaro", "axeptio", "sp_message", "osano", "termly", "borlabs", "complianz",
    "cc-window", "cc-banner", "cc-bar", "cli-modal", "moove_", "fc-consent", "notice-bar", "legal-banner",
    "policy-banner",
    "acceptbar", "accept-bar", "pc-banner", "disclaimer-bar",
)  # fmt: skip
"""Parts of an id or class: each stands for the selectors `[id*="…" i]` and `[class*="…" i]`."""

EXACT: Final = (
    "#banner", "#bar", "#cb", "#cmp", "#cn", "#gate", "#law", "#notice", "#overlay", "#popup", "#privacy", "#terms",
    "#accept", "#agree", "#disclaimer", ".banner", ".cc", ".cmp", ".law", ".legal-notice", ".overlay", ".policy-bar",
    ".popup", ".privacy", ".terms-bar", ".toast", ".modal", ".snackbar", "#eu", ".eu", "#gpdr", ".gpdr",
)  # fmt: skip
LABELS: Final = ("cookie", "consent", "gdpr", "rgpd")
"""Parts of `aria-label`, `data-…` names and roles that newer rules look for."""

ADDRESSES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"cookie[^/]*\.(js|css)", r"[/_.-]cookies?([/_.-]|$)", r"cookie-?(bar|banner|notice|policy|law|consent|info)",
        r"consent", r"gdpr|rgpd", r"/cmp([/_.-]|$)", r"/eu-?law", r"privacy-?(banner|bar|popup|notice)[^/]*\.(js|css)",
        r"onetrust|otsdk|didomi|axeptio|tarteaucitron|klaro|orejime|iubenda|usercentrics|quantcast|trustarc|cookiebot",
        r"/(tracker|tracking|analytics|beacon|pixel|banner)s?[^/]*\.(js|css|gif)", r"/ads?[/_.-]", r"[/-]accept-?bar",
    )
)  # fmt: skip


def selectors() -> list[str]:
    """Every rule that hides, as CSS."""
    parts = [f'[{attribute}*="{word}" i]' for word in WORDS for attribute in ("id", "class")]
    return [*EXACT, *parts, *(f'[aria-label*="{word}" i]' for word in LABELS)]


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.marks: set[str] = set()
        self.labels: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.marks |= {f".{name}" for name in given.get("class", "").split()}
        self.marks |= {f"#{given['id']}"} if given.get("id") else set()
        self.labels |= {given.get("aria-label", ""), given.get("role", "")} | {
            name for name in given if name.startswith("data-")
        }
        self.addresses |= {given[name] for name in ("href", "src", "action", "formaction") if given.get(name)}


def hits(page: str) -> list[str]:
    """Whatever in this page a block list would hide or stop."""
    names = _Names()
    names.feed(page)
    found = [mark for mark in names.marks if mark in EXACT or any(word in mark.lower() for word in WORDS)]
    found += [label for label in names.labels if any(word in label.lower() for word in LABELS)]
    return sorted(found + [address for address in names.addresses if is_blocked(address)])


def is_blocked(address: str) -> bool:
    """Whether a request for this address would be blocked."""
    return any(pattern.search(address) for pattern in ADDRESSES)
