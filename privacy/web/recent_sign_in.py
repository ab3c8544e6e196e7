"""A recent sign-in before what does most harm in the wrong hands: somebody may have walked up to a desk left open.

Whoever signed in longer ago than ``RECENT_SIGN_IN`` is led to the page ``RECENT_SIGN_IN_URL``, and from there back to
where they were. A form that they sent goes along and is sent on afterwards: see :func:`ask`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode

KEY = "signed_in_at"
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def note(request: HttpRequest, *, now: datetime) -> None:
    """Whoever sent ``request`` has just shown that they are who is signed in."""
    request.session[KEY] = now.timestamp()


def is_recent(request: HttpRequest, *, now: datetime) -> bool:
    """An instant far ahead was noted while the clock was: it does not count either."""
    noted = request.session.get(KEY)
    return noted is not None and abs(now.timestamp() - noted) < settings.RECENT_SIGN_IN.total_seconds()


def required(view: View) -> View:
    """For views of signed-in people; whoever is not signed in is the view's own matter."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated or is_recent(request, now=timezone.now()):
            return view(request, *args, **kwargs)
        return ask(request)

    return cast("View", guarded)


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks. By 307 a browser sends a form along, so that nothing typed is lost or stored."""
    address = f"{resolve_url(settings.RECENT_SIGN_IN_URL)}?{urlencode({'next': request.get_full_path()})}"
    return redirect(address, preserve_request=request.method == "POST")
