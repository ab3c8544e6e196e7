"""A WSGI site for one side of the item "recording", chosen by `BENCH_SIDE`. Loaded by the web server alone."""

import os
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from privacy.web.request_facts import Browser

Handler = Callable[[HttpRequest], HttpResponse]
OURS = ("privacy.", "consent.", "csp.")
RECORDING = ["benchmarks.site.accepting_middleware", "privacy.middleware.visits_middleware"]


def accepting_middleware(get_response: Handler) -> Handler:
    """In the place of the guard: nothing is recorded of a browser that nobody asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        Browser.of(request).records_visits = True
        return get_response(request)

    return middleware


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


urlpatterns = [path("", empty)]
WITHOUT_OURS = [name for name in settings.MIDDLEWARE if not name.startswith(OURS)]
SIDES = {
    "empty, bare": [],
    "empty, recorded": RECORDING,
    "empty, synchronous insert": ["benchmarks.synchronous_insert.insert_middleware"],
    "empty, django-request": ["request.middleware.RequestMiddleware"],
    "page, bare": WITHOUT_OURS,
    "page, everything on": list(settings.MIDDLEWARE),
}
_side = os.environ["BENCH_SIDE"]
if _side.startswith("empty"):
    settings.ROOT_URLCONF = "benchmarks.site"
if _side == "empty, django-request":
    settings.INSTALLED_APPS += ["request"]
django.setup()  # before the middleware goes, without which an app would refuse to start
settings.MIDDLEWARE = SIDES[_side]
application = get_wsgi_application()
if _side == "empty, django-request":
    call_command("migrate", "request", verbosity=0)
