"""A peer: the plain way to record a visit, one row through the ORM during the request."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from privacy.visits.models import Visit

Handler = Callable[[HttpRequest], HttpResponse]


def insert_middleware(get_response: Handler) -> Handler:

    def record(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        Visit.objects.create(
            at=timezone.now(),
            number=uuid4().int >> 65,
            visitor=uuid4(),
            has_cookie=False,
            path=request.path_info,
            language="en",
        )
        return response

    return record
