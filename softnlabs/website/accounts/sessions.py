"""Sessions of accounts: how they begin, how long they last, and how they are ended.

A session that nobody used for a while is locked and not lost: whoever comes back says their password, and what they
had typed is sent on (:mod:`softnlabs.website.accounts.sign_in_again`). After its latest end it opens nothing: a form
that is sent meanwhile goes on once its person has signed in as at first, with the second step too. It is gone when it
is signed out of or ended, when the password changes, and when its account may not sign in any more.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY, user_logged_in
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from privacy.audit import trail
from privacy.datamap.registry import holding
from privacy.web import recent_sign_in
from privacy.web.request_facts import RequestAttribute
from softnlabs.website.accounts import mailboxes
from softnlabs.website.accounts.known_browsers import SignedInNow
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession

ROW = "account_session"
TOUCHED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known: a write at each page would cost more than it tells."""
# The first that is found counts: each browser also calls itself by the names of those before it.
PROGRAMS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(slots=True)
class LockedSession(RequestAttribute):
    """Whose session is locked because nobody used it, or over: they count as nobody until they sign in again."""

    account: User | None = None
    is_over: bool = False


def begin(sender: type[User], request: HttpRequest, user: User, **_facts: object) -> None:
    """Receiver of `user_logged_in`. Whoever signs in again ends the session that they had in this browser."""
    now = timezone.now()
    AccountSession.objects.filter(pk=request.session.get(ROW, 0)).delete()
    row = AccountSession.objects.create(
        account=user,
        started_at=now,
        used_at=now,
        ends_at=now + settings.SESSION_LONGEST,
        browser=browser_name(request.META.get("HTTP_USER_AGENT", "")),
        is_of_staff=user.is_staff,
    )
    request.session[ROW] = row.pk
    SignedInNow.of(request).mailbox = mailboxes.one_spelling(user.email)
    recent_sign_in.note(request, now=now)


def finish(sender: type[User], request: HttpRequest, **_facts: object) -> None:
    """Receiver of `user_logged_out`."""
    AccountSession.objects.filter(pk=request.session.get(ROW, 0)).delete()


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the session says so. A request without a cookie has none, and is not made to vary by it."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session


def current(request: HttpRequest, *, now: datetime) -> AccountSession | None:
    """The session of whoever is signed in, for a day after its latest end as well; ``None`` where it was ended."""
    rows = AccountSession.objects.live(now).select_related("account")
    row = rows.filter(pk=request.session.get(ROW, 0), account=request.session[SESSION_KEY]).first()
    return None if row is None or row.is_void() else row


def confirm(request: HttpRequest, *, now: datetime) -> None:
    """Whoever is signed in has just shown again that it is them: a locked session is open again."""
    AccountSession.objects.filter(pk=request.session.get(ROW, 0)).update(used_at=now)
    recent_sign_in.note(request, now=now)


def renew(request: HttpRequest, account: User) -> None:
    """Whoever had a session here that is over has signed in as at first. The form on its way keeps its token."""
    request.session.cycle_key()
    user_logged_in.send(sender=User, request=request, user=account)


def touch(row: AccountSession, *, now: datetime) -> None:
    if abs(now - row.used_at) >= TOUCHED_EVERY:
        AccountSession.objects.filter(pk=row.pk).update(used_at=now)


def keep(row: AccountSession, request: HttpRequest) -> None:
    """Let the session stand in which its person has just chosen another password: all others are over."""
    account = request.user
    if row.account == account and row.account.password != account.password:
        row.save(force_insert=True)


def of(account: User, *, now: datetime) -> "QuerySet[AccountSession]":
    """Where `account` is signed in, locked sessions included."""
    return AccountSession.objects.filter(account=account, ends_at__gt=now, is_of_staff=account.is_staff)


def others(request: HttpRequest, account: User, *, now: datetime) -> "QuerySet[AccountSession]":
    """Where `account` is signed in besides in this browser."""
    return of(account, now=now).exclude(pk=request.session.get(ROW, 0))


def end(rows: "QuerySet[AccountSession]", account: User, *, now: datetime) -> int:
    """End these sessions of `account`, at once. On record: by whom, and how many. Returns how many."""
    ended, _by_model = rows.delete()
    if ended:
        about = holding(User).pseudonym(account)
        trail.record("website.session.ended", obj=account, about=about, detail={"sessions": ended}, now=now)
    return ended


def idle_at_desk() -> str:
    """For the placeholder `session.idle` of the policy."""
    number = settings.IDLE_AT_DESK // timedelta(minutes=1)
    return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}


def longest() -> str:
    """For the placeholder `session.longest`."""
    number = settings.SESSION_LONGEST // timedelta(hours=1)
    return ngettext("%(number)d hour", "%(number)d hours", number) % {"number": number}


def browser_name(user_agent: str) -> str:
    """Roughly which program on which system: enough to recognise one's own, and no more."""
    program = next((name for sign, name in PROGRAMS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return re.sub(r"\s+", " ", f"{program} {system}").strip()
