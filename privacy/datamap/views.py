"""The public page of what is held and why."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from privacy.datamap import explanations


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    context = {"groups": explanations.by_purpose(), "controller": settings.CONTROLLER}
    return render(request, "privacy/datamap/data.html", context)
