"""What the requests of people who sign in, and of those who are signed in, go through."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone

from privacy.web import recent_sign_in
from softnlabs.website.accounts import known_browsers, sessions
from softnlabs.website.accounts.session_models import AccountSession
from softnlabs.website.accounts.sessions import LockedSession

Handler = Callable[[HttpRequest], HttpResponse]
SIGN_IN_PAGES = (settings.LOGIN_URL, "website:sign-in", "admin:login")


def known_browsers_middleware(get_response: Handler) -> Handler:
    """Know a browser again in which somebody has just signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        known_browsers.remember(request, response, now=timezone.now())
        return response

    return middleware


def sessions_middleware(get_response: Handler) -> Handler:
    """Forget a session that is over. A locked one counts as nobody's until its person signs in again, and so does one
    that is over while a form of its person is on its way.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not sessions.is_signed_in(request):
            return get_response(request)
        now = timezone.now()
        row = sessions.current(request, now=now)
        if row is None or (row.is_over(now) and request.method != "POST"):
            request.session.flush()
            request.user = AnonymousUser()
            return get_response(request)
        is_open = not (row.is_over(now) or row.is_idle(now))
        return (_signed_in if is_open else _locked)(request, row, get_response, now=now)

    return middleware


def _signed_in(
    request: HttpRequest, row: AccountSession, get_response: Handler, *, now: datetime
) -> HttpResponse:
    sessions.touch(row, now=now)
    if row.account.must_change_password and _is_of_account(request):
        return redirect("website:password")
    response = get_response(request)
    if request.method == "POST":
        sessions.keep(row, request)
    return response


def _locked(
    request: HttpRequest, row: AccountSession, get_response: Handler, *, now: datetime
) -> HttpResponse:
    locked, request.user = LockedSession.of(request), AnonymousUser()
    locked.account, locked.is_over = row.account, row.is_over(now)
    response = get_response(request)
    return recent_sign_in.ask(request) if _asks_to_sign_in(response) else response


def _is_of_account(request: HttpRequest) -> bool:
    """Whether this is a page of one's own account, which a one-time password does not open. The desk sees to itself."""
    opened = {reverse(f"website:{name}") for name in ("password", "sign-out")}
    return request.path.startswith(reverse("website:account")) and request.path not in opened


def _asks_to_sign_in(response: HttpResponse) -> bool:
    """Whether this leads to a page of sign-in, as for anybody who is not signed in."""
    pages = {resolve_url(page) for page in SIGN_IN_PAGES}
    return isinstance(response, HttpResponseRedirect) and response.url.partition("?")[0] in pages
