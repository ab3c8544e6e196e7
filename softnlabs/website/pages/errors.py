"""When a page fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

RETRY_SECONDS = "30"


def server_failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours: 503 and when to come back while the database is away, 500 otherwise.

    The page is made without the request, as nothing that asks the database may stand on it.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return server_error(request)
    headers = {"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
