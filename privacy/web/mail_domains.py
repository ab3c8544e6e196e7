"""Domains at which an answer would not arrive: the list is ``mail_domains.toml`` beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FILE: Final = Path(__file__).with_name("mail_domains.toml")


@dataclass(frozen=True)
class MailDomains:
    reserved: frozenset[str]
    disposable: frozenset[str]
    typos: dict[str, str]


@cache
def listed() -> MailDomains:
    read = tomllib.loads(FILE.read_text())
    return MailDomains(frozenset(read["reserved"]), frozenset(read["disposable"]), read["typos"])


def validate_reached(email: str) -> None:
    """Refuse an address at which no mail arrives; a likely slip gets a suggestion. ``email`` is normalised."""
    local, _at, domain = email.rpartition("@")
    if meant := listed().typos.get(domain):
        raise ValidationError(
            _("Did you mean %(email)s? At %(domain)s our answer would not reach you."),
            code="typo",
            params={"email": f"{local}@{meant}", "domain": domain},
        )
    if not settings.EXAMPLE_MAIL_ARRIVES and _is_among(domain, listed().reserved):
        raise ValidationError(
            _("No mail arrives at %(domain)s, which is kept for examples. Please write your own address."),
            code="reserved",
            params={"domain": domain},
        )


def validate_lasting(email: str) -> None:
    """Refuse a mailbox for a few minutes: not where somebody exercises a right, which any address may do."""
    domain = email.rpartition("@")[2]
    if _is_among(domain, listed().disposable):
        raise ValidationError(
            _(
                "Mailboxes at %(domain)s last a short time, and we may answer later. Please give another address."
            ),
            code="disposable",
            params={"domain": domain},
        )


def _is_among(domain: str, names: frozenset[str]) -> bool:
    """Whether it is one of these domains or below one."""
    labels = domain.split(".")
    return any(".".join(labels[place:]) in names for place in range(len(labels)))
