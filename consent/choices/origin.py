"""Whether a POST comes from one of our own pages.

Django's CSRF protection needs a cookie on the page that carries the form; the banner is on every page, so a first
visit would set one before anybody said yes to anything. The browser's own word is enough here: `Sec-Fetch-Site`
(every browser since 2023; a page cannot forge it), and `Origin` where that is absent, for instance on plain HTTP.
A request with neither, or with another origin, is refused: silence is no proof. Nothing else of ours relies on this.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def is_same_origin(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def same_origin_required(view: View) -> View:
    """Decorator in the place of Django's token check: refuse (403) a POST from anywhere else."""

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_same_origin(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
