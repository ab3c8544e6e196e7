"""The guard: it stands outside everything that reads or sets a cookie."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from consent.choices import gpc
from consent.choices import guard as guarding
from consent.cookies import registry
from consent.notices import campaigns

Handler = Callable[[HttpRequest], HttpResponse]


def cookie_guard_middleware(get_response: Handler) -> Handler:
    """Weigh the visitor's choices once, hide what may not be read, strip what may not leave.

    The view may change the choices (`guard.apply_choices`), so the way out reads them again: a withdrawal deletes its
    cookies in the very response that confirms it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        now = datetime.now(UTC)
        register = registry.current()
        given = tuple(request.COOKIES)
        guarding.read_choices(request, register, moment=now.timestamp())
        gpc.honour(request, register, now=now)
        guarding.hide_cookies(request, register)
        response = get_response(request)
        guarding.process_response(request, response, given, now=now)
        return response

    return middleware


def notices_middleware(get_response: Handler) -> Handler:
    """Let the place for notices remember what its visitor accepted to have remembered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        campaigns.update_cookies(request, response, now=datetime.now(UTC))
        return response

    return middleware
