"""Sign-in of staff by the company's OpenID provider, where one is set (`STAFF_OPENID_ISSUER`)."""

import logging

import requests
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@require_safe
@never_cache
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider. 503 while it cannot be reached: a password still signs in."""
    if not settings.STAFF_OPENID_ISSUER:
        raise Http404
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except (requests.RequestException, KeyError) as error:
        log.error("the OpenID provider does not answer as one: %s", type(error).__name__)
        return render(request, "account/company_refused.html", status=503)
    return answer


@require_safe
@never_cache
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What the provider says comes from the provider itself, for a code that works once."""
    if not settings.STAFF_OPENID_ISSUER:
        raise Http404
    answer: HttpResponse = views.callback(request, provider_id)
    return answer
