"""Links that accounts are mailed: moved from the address into the session, then used by a button."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.urls import reverse

from privacy.datamap import subjects
from privacy.web import signed_links
from softnlabs.website.accounts.models import User

SIGN_UP, RESET, NEW_ADDRESS = "account.sign-up", "account.reset", "account.new-address"
LASTS = {SIGN_UP: timedelta(days=3), RESET: timedelta(hours=2), NEW_ADDRESS: timedelta(days=3)}
PAGES = {SIGN_UP: "sign-up-link", RESET: "reset-link", NEW_ADDRESS: "new-address-link"}
KEY = "account_link_{}"


def make(kind: str, value: object, *, now: datetime) -> tuple[str, datetime]:
    """The full address, in the language in force, and until when it works."""
    until = now + LASTS[kind]
    token = signed_links.sign(kind, value, until=until)
    return signed_links.absolute(reverse(f"website:{PAGES[kind]}", args=[token])), until


def state_of(user: User | None, kind: str) -> str:
    """Changes with the password and the address: whatever was signed with it works once. A link to choose another
    password dies at a sign-in too; one that has to be opened where somebody is signed in must outlive it.
    """
    facts: tuple[object, ...] = (user.pk, user.email, user.password) if user else ("", "", "")
    if kind == RESET:
        facts += (user.last_login if user else "",)
    return subjects.fingerprint(" ".join(map(str, facts)))


def keep(session: SessionBase, kind: str, token: str, *, now: datetime) -> None:
    """Only what we signed: an invented link leaves no session behind."""
    drop(session, kind)
    with suppress(signed_links.BadLinkError):
        signed_links.read(kind, token, now=now)
        session[KEY.format(kind)] = token


def kept(session: SessionBase, kind: str, *, now: datetime) -> Any:
    """What the kept link holds. Raises :class:`signed_links.BadLinkError`, also where there is none."""
    return signed_links.read(kind, str(session.get(KEY.format(kind), "")), now=now)


def drop(session: SessionBase, kind: str) -> None:
    session.pop(KEY.format(kind), None)


def find_user(kind: str, value: Any, *, among: QuerySet[User]) -> User:
    """The account that a link of `kind`, RESET or NEW_ADDRESS, is about.

    Raises :class:`signed_links.BadLinkError` once something of its state has changed.
    """
    user = among.filter(pk=value[0], is_active=True).first()
    if user is None or state_of(user, kind) != value[1]:
        raise signed_links.BadLinkError
    return user
