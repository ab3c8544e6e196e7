from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from softnlabs.website.health import components


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when all components work, 503 otherwise."""
    statuses = components.status(now=timezone.now())
    is_up = all(statuses.values())
    words = {component: _in_words(is_up) for component, is_up in statuses.items()}
    response = JsonResponse({"status": _in_words(is_up), "parts": words}, status=200 if is_up else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # monitors ask often: no log line for each 503
    return response


def _in_words(is_up: bool) -> str:  # noqa: FBT001
    return "up" if is_up else "down"
