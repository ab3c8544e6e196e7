"""What monitors ask."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from softnlabs.website.health import components


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Which parts are at work: 200 when all are, 503 otherwise."""
    statuses = components.status(now=timezone.now())
    is_up = all(statuses.values())
    words = {component: _in_words(is_up) for component, is_up in statuses.items()}
    response = JsonResponse({"status": _in_words(is_up), "parts": words}, status=200 if is_up else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # whoever asks each second needs no log line
    return response


def _in_words(is_up: bool) -> str:  # noqa: FBT001
    return "up" if is_up else "down"
