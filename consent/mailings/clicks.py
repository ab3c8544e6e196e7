"""Links of an e-mail campaign lead over an address of ours, which counts clicks: of the campaign, and of nobody.

A click adds one to the campaign's figure, and moves the last contact of the prospect who got the mail. Which link it
was, and who followed it, is written nowhere: no row, and the logs hold the pattern of the address alone. The address
names a link of that very campaign, signed, so it leads nowhere else; it works as long as the campaign is kept, which is
for good, and whether or not the prospect is still one.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from consent.mail_preferences import links
from consent.mailings import writing
from consent.mailings.models import Mailing
from consent.mailings.states import MailingState
from consent.prospecting.models import Prospect
from privacy.visits import recording, robots
from privacy.web import signed_links

PERSON = "__person__"
"""Stands in an address until it is known who gets the mail."""


class UnknownLinkError(LookupError):
    """Not a link of ours: cut, altered, or made by somebody else."""


@dataclass(frozen=True)
class FoundLink:
    mailing: Mailing
    target: str


def wrap(mailing: Mailing, language: str) -> dict[str, str]:
    """For each link of the text in ``language`` the address that stands in its place, with :data:`PERSON` in it."""
    numbered = enumerate(writing.links(mailing.body(language)))
    return {link: _address(mailing, language, number) for number, link in numbered}


def find(token: str) -> FoundLink:
    """Raises :class:`UnknownLinkError`."""
    try:
        key, language, number = _signer().unsign(token).split("-")
        mailing = Mailing.objects.get(pk=int(key))
        return FoundLink(mailing, writing.links(mailing.body(language))[int(number)])
    except (signing.BadSignature, Mailing.DoesNotExist, IndexError) as error:
        raise UnknownLinkError from error


def count(mailing: Mailing, person: str, *, now: datetime) -> None:
    """Somebody who got the mail followed a link of it. ``person`` is the token of their address, or what came of it."""
    Mailing.objects.filter(pk=mailing.pk).exclude(state=MailingState.DRAFT).update(clicked=F("clicked") + 1)
    with suppress(signed_links.BadLinkError):
        Prospect.reached(links.read(person), now)


def is_by_somebody(request: HttpRequest) -> bool:
    """Whether a person opened it: no robot that says so, and no program that looks ahead."""
    ahead = any(name in request.META for name in recording.FETCHED_AHEAD)
    return (
        request.method == "GET" and not ahead and not robots.is_robot(request.headers.get("User-Agent", ""))
    )


def _address(mailing: Mailing, language: str, number: int) -> str:
    token = _signer().sign(f"{mailing.pk}-{language}-{number}")
    return signed_links.absolute(reverse("consent:mailing-link", args=[token, PERSON]))


def _signer() -> signing.Signer:
    """It also knows the keys that were rotated out."""
    return signing.Signer(sep=".", salt="consent.mailings.clicks")
