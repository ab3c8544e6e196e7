"""The visits of this browser, to take along and to delete; the page of choices shows them."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consent.choices.origin import same_origin_required
from privacy.datamap.registry import holding
from privacy.visits import own_visits, recording
from privacy.visits.models import Visit
from privacy.web import rate_limits, spreadsheets

VISITS_OF_CLIENT: Final = rate_limits.RateLimit("visits of a client", times=60, within=timedelta(minutes=10))
"""Downloads and deletions: whole companies share one address."""


@require_safe
@never_cache
def as_json(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if not VISITS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return _too_often(request)
    visits = own_visits.export(recording.visitor_of(request), now=now)
    response = JsonResponse({"made_at": now, "visits": visits}, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="visits.json"'
    return response


@require_safe
@never_cache
def as_csv(request: HttpRequest) -> HttpResponse:
    now, names = timezone.now(), own_visits.fields()
    if not VISITS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return _too_often(request)
    visits = own_visits.export(recording.visitor_of(request), now=now)
    head = [str(holding(Visit).field_label(name)) for name in names]
    rows = ([_cell(visit[name]) for name in names] for visit in visits)
    response = HttpResponse(spreadsheets.as_csv([head, *rows]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visits.csv"'
    return response


@require_POST
@same_origin_required
@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """The browser gives up its number: what it shows next is recorded under another one, unless it objects."""
    now = timezone.now()
    if not VISITS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return _too_often(request)
    visitor = recording.visitor_of(request)
    if visitor is not None:
        own_visits.delete(visitor, now=now)
    response = HttpResponseRedirect(f"{reverse('consent:choices')}?deleted#visits")
    response.delete_cookie(recording.cookie_name(), samesite="Lax")
    return response


def _cell(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/preferences/visits_rate_limited.html", {"hides_banner": True}, status=429)
