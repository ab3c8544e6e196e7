from typing import Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

HONOURED_SINCE: Final = "2026-11-23"
"""Served as `lastUpdate`: the day since which this site honours Global Privacy Control in this way."""


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"gpc": True, "lastUpdate": HONOURED_SINCE})
