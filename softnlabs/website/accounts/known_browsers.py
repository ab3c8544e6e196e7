"""Browsers in which somebody signed in before: strangers' guesses at their password do not slow them down.

A signed cookie says for which address, until when, and bears a random number, by which the tries of this browser are
counted apart. It opens nothing: the password and the second factor are asked for as anywhere else.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consent.cookies import signing
from privacy.datamap import subjects
from privacy.datamap.periods import Period
from privacy.web.request_facts import RequestAttribute

COOKIE: Final = "device"
KIND: Final = "device"
MAILBOX: Final = "mailbox"  # in the session
KEEP: Final = Period(months=6)


@dataclass(slots=True)
class SignedInNow(RequestAttribute):
    """The mailbox of whoever signs in by this very request."""

    mailbox: str = ""


def remember(request: HttpRequest, response: HttpResponse, *, now: datetime) -> None:
    """Hand a cookie to the browser if somebody has just signed in. Each sign-in gives a new number."""
    mailbox = SignedInNow.of(request).mailbox
    if not mailbox:
        return
    until = int(KEEP.after(now).timestamp())
    response.set_cookie(
        cookie_name(),
        signing.sign(KIND, f"{subjects.fingerprint(mailbox)}.{secrets.token_hex(16)}.{until}"),
        max_age=until - int(now.timestamp()),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def number(request: HttpRequest, mailbox: str, *, now: datetime) -> str:
    """The number of this browser if `mailbox` signed in here before; empty otherwise."""
    text = signing.unsign(KIND, request.COOKIES.get(cookie_name(), ""))
    if text is None:
        return ""
    about, found, until = text.split(".")
    is_known = about == subjects.fingerprint(mailbox) and now.timestamp() < int(until)
    return found if is_known else ""


def note_mailbox(request: HttpRequest, mailbox: str) -> None:
    """Whoever sits before this browser has just opened a link that was mailed to ``mailbox``."""
    request.session[MAILBOX] = subjects.fingerprint(mailbox)


def reads_mailbox(request: HttpRequest, mailbox: str) -> bool:
    return bool(request.session.get(MAILBOX) == subjects.fingerprint(mailbox))


def cookie_name() -> str:
    return f"{settings.COOKIE_PREFIX}{COOKIE}"
