"""What is held and why, for anybody to read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from privacy import information


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Every holding under the purpose that it serves."""
    context = {"groups": information.by_purpose(), "controller": settings.CONTROLLER}
    return render(request, "privacy/data.html", context)
