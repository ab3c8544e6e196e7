"""What people are told when a part of the system fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from privacy.web import request_ids

RETRY_SECONDS = "30"


def server_failed(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After while the database is unreachable, 500 otherwise.

    Rendered without the request, since nothing on this page may query the database.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        page = render_to_string("500.html", {"request_id": request_ids.of(request)})
        return HttpResponse(page, status=500, headers={"Cache-Control": "no-store"})
    headers = {"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
