"""Whoever is signed in, as the person whom data are about: for pages on which people see and do something of their own.

An address counts once its owner has shown to read its mailbox: ``confirmed_addresses`` in :mod:`privacy.plugins`.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache

from privacy import plugins
from privacy.datamap.subjects import Subject
from privacy.web import recent_sign_in

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def person(request: HttpRequest) -> Subject:
    """The account that is signed in, and its confirmed addresses; no key for anybody else."""
    if not request.user.is_authenticated:
        return Subject()
    sources = [config.confirmed_addresses for config in plugins.installed()]
    found = {address for source in sources if source for address in source(request.user)}
    return Subject(emails=frozenset(found), accounts=frozenset({request.user.pk}))


def required(view: View) -> View:
    """For pages with personal values: others sign in first, and so do those whose last sign-in is a while ago.

    They come back then. No browser keeps such a page. A form from somebody who is not signed in is not sent again.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated:
            is_recent = recent_sign_in.is_recent(request, now=timezone.now())
            return view(request, *args, **kwargs) if is_recent else recent_sign_in.ask(request)
        back = (
            request.get_full_path()
            if request.method in {"GET", "HEAD"}
            else resolve_url(settings.MY_DATA_URL)
        )
        return redirect_to_login(back, resolve_url(settings.LOGIN_URL))

    return cast("View", guarded)
