"""Whether a POST comes from one of our own pages.

Django's CSRF protection needs a cookie on the page that carries the form. The banner is on every page, so a first
visit would set one before any consent. `Sec-Fetch-Site` is enough here (every browser sends it since 2023, and a page
cannot forge it), with `Origin` where it is absent, for instance on plain HTTP. A request with neither, or with another
origin, is refused. Only the views of this app rely on this.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from privacy.web.request_facts import SentForm

View = Callable[..., HttpResponse]


def is_same_origin(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def same_origin_required(view: View) -> View:
    """Replaces Django's token check: answers 403 to a POST from any other origin."""

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        SentForm.of(request).page = reverse("consent:choices")  # the addresses of its buttons are answers
        if not is_same_origin(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
