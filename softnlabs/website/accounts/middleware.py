"""What the requests of people who sign in, and of those who are signed in, go through."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
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
    """Forget a session that is over. A locked one counts as nobody's until its person signs in again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not sessions.is_signed_in(request):
            return get_response(request)
        now = timezone.now()
        row = sessions.current(request, now=now)
        if row is None:
            request.session.flush()
            request.user = AnonymousUser()
        elif row.is_idle(now):
            return _locked(request, row)
        else:
            sessions.touch(row, now=now)
        return get_response(request)

    def _locked(request: HttpRequest, row: AccountSession) -> HttpResponse:
        request.user, LockedSession.of(request).account = AnonymousUser(), row.account
        response = get_response(request)
        return recent_sign_in.ask(request) if _asks_to_sign_in(response) else response

    return middleware


def _asks_to_sign_in(response: HttpResponse) -> bool:
    """Whether this leads to a page of sign-in, as for anybody who is not signed in."""
    pages = {resolve_url(page) for page in SIGN_IN_PAGES}
    return isinstance(response, HttpResponseRedirect) and response.url.partition("?")[0] in pages
