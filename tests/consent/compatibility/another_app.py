"""An app that was written for django-cookie-consent, with the snippets of its documentation, beside our own pages."""

from cookie_consent.util import (
    are_all_cookies_accepted,
    get_accepted_cookie_groups,
    get_cookie_value_from_request,
    get_declined_cookie_groups,
    get_not_accepted_or_declined_cookie_groups,
)
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from softnlabs.urls import urlpatterns as site

FILTERS = """{% load cookie_consent_tags %}
{% if request|cookie_group_accepted:"personal" %}personal accepted
{% elif request|cookie_group_declined:"personal" %}personal declined
{% else %}personal not accepted or declined{% endif %}
{% if request|cookie_group_accepted:"personal=topics:" %}topics accepted{% endif %}
{% if request|cookie_group_accepted:"personal=*:.google.com" %}a stranger accepted{% endif %}
{% if request|cookie_group_accepted:"analytics" %}an unknown group accepted{% endif %}
{% if request|cookie_group_declined:"analytics" %}an unknown group declined{% endif %}
{% if request|all_cookies_accepted %}all accepted{% endif %}
{% if request|cookie_consent_enabled %}
  {% not_accepted_or_declined_cookie_groups request as cookie_groups %}
  {% for group in cookie_groups %}<li>{{ group.varname }}: {{ group.name }}</li>{% endfor %}
{% endif %}"""
BAR = """{% load static cookie_consent_tags %}
{% url "cookie_consent_cookie_group_list" as url_cookies %}
<template id="cookie-consent__cookie-bar">
  <div class="cookie-bar">Do you agree?
    <button type="button" class="cookie-consent__accept">Accept</button>
    <button type="button" class="cookie-consent__decline">Decline</button>
    <a href="{{ url_cookies }}">Cookies info</a>
  </div>
</template>
{% all_cookie_groups 'cookie-consent__cookie-groups' %}
{% static "cookie_consent/cookiebar.module.js" as cookiebar_src %}
{% url 'cookie_consent_status' as status_url %}
<script type="module">
  import {showCookieBar} from '{{ cookiebar_src }}';
  showCookieBar({statusUrl: '{{ status_url|escapejs }}'});
</script>"""
ONE_GROUP = """{% load cookie_consent_tags %}{% not_accepted_or_declined_cookie_groups request as cookie_groups %}
{% for cookie_group in cookie_groups %}{% include "cookie_consent/_cookie_group.html" %}{% endfor %}"""


def shown(source: str, request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def state(request: HttpRequest) -> JsonResponse:
    lists = (
        get_accepted_cookie_groups,
        get_declined_cookie_groups,
        get_not_accepted_or_declined_cookie_groups,
    )
    found: dict[str, object] = {each.__name__: [group.varname for group in each(request)] for each in lists}
    found["personal"] = get_cookie_value_from_request(request, "personal")
    found["topics"] = get_cookie_value_from_request(request, "personal", "topics")
    found["made up"] = get_cookie_value_from_request(request, "personal", "made_up")
    return JsonResponse(found | {"all": are_all_cookies_accepted(request)})


urlpatterns = i18n_patterns(
    path("theirs/filters/", lambda request: shown(FILTERS, request)),
    path("theirs/bar/", lambda request: shown(BAR, request)),
    path("theirs/group/", lambda request: shown(ONE_GROUP, request)),
    path("theirs/state/", state),
    prefix_default_language=False,
)
urlpatterns += site
