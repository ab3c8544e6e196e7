"""The guard: it stands outside everything that reads or sets a cookie."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from consent.choices import gpc
from consent.choices import guard as guarding
from consent.cookies import registry
from consent.notices import campaigns

Handler = Callable[[HttpRequest], HttpResponse]


def guard(get_response: Handler) -> Handler:
    """Weigh the visitor's choices once, hide what may not be read, strip what may not leave.

    The view may change the choices (`guard.choose`), so the way out looks at them again: a withdrawal deletes its
    cookies in the very response that confirms it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        now = datetime.now(UTC)
        register = registry.current()
        given = tuple(request.COOKIES)
        guarding.weigh(request, register, moment=now.timestamp())
        gpc.obey(request, register, now=now)
        guarding.hide(request, register)
        response = get_response(request)
        guarding.clean(request, response, given, now=now)
        return response

    return middleware


def notices(get_response: Handler) -> Handler:
    """Let the place for notices remember what its visitor accepted to have remembered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        campaigns.remember(request, response, now=datetime.now(UTC))
        return response

    return middleware
