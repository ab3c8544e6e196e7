"""The preferences page and the actions of a visitor on it. All work without JavaScript."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consent.choices import guard
from consent.choices import saving as choosing
from consent.choices.origin import same_origin_required
from consent.cookies import registry
from consent.cookies.registry import Register
from consent.ledger import ledger
from consent.ledger.ledger import ConsentContext
from consent.ledger.models import ConsentEvent
from consent.notices import campaigns
from consent.preferences import form_consents, preferences, proof
from consent.preferences.forms import ChoicesForm
from consent.wording import wording
from privacy.policy import publishing
from privacy.seals import inclusion
from privacy.visits import own_visits, recording
from privacy.web import rate_limits, request_facts
from privacy.web.request_facts import Browser

ANSWERS_OF_CLIENT: Final = rate_limits.RateLimit(
    "answers of a client", times=120, within=timedelta(minutes=10)
)
"""Each answer adds to a ledger that only grows.

Whole companies share one address, so the limit is generous and short.
"""
VISITS_ON_A_PAGE: Final = 20


@require_safe
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    return _render_page(request)


@require_POST
@same_origin_required
def accept(request: HttpRequest) -> HttpResponse:
    return save_answers(request, dict.fromkeys(_groups_in_question(request), True), act=ledger.Act.ACCEPT_ALL)


@require_POST
@same_origin_required
def refuse(request: HttpRequest) -> HttpResponse:
    return save_answers(
        request, dict.fromkeys(_groups_in_question(request), False), act=ledger.Act.REFUSE_ALL
    )


@require_POST
@same_origin_required
def save(request: HttpRequest) -> HttpResponse:
    groups = [group for group in registry.reload().groups if group.needs_consent]
    form = ChoicesForm(request.POST, groups=groups)
    form.is_valid()  # fills `cleaned_data`; optional boxes cannot be invalid
    return save_answers(request, form.answers(), act=ledger.Act.CHOICE)


@require_POST
@same_origin_required
def object_to_visits(request: HttpRequest) -> HttpResponse:
    return save_answers(
        request, dict.fromkeys(registry.reload().opt_out_groups, False), act=ledger.Act.CHOICE
    )


@require_POST
@same_origin_required
def allow_visits(request: HttpRequest) -> HttpResponse:
    return save_answers(request, dict.fromkeys(registry.reload().opt_out_groups, True), act=ledger.Act.CHOICE)


@require_safe
@never_cache
def proof_json(request: HttpRequest) -> HttpResponse:
    """The visitor's own proof, for other software. No records for who never chose."""
    receipt, now = guard.evaluated(request).choices.receipt, timezone.now()
    ticked_here = list(form_consents.of_browser(request, now=now))
    events = [
        *ledger.events_of_browser(receipt, now=now),
        *form_consents.of_account(request, now=now),
        *ticked_here,
    ]
    document = proof.document(
        events,
        seals=inclusion.of(ConsentEvent, [event.pk for event in events]),
        without_address={event.pk for event in ticked_here},
        opt_out_groups=registry.current().opt_out_groups,
        entity=settings.ENTITY,
        controller=settings.CONTROLLER,
        site=settings.SITE_URL,
    )
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="choices.json"'
    return response


def _groups_in_question(request: HttpRequest) -> frozenset[str]:
    """The groups of the banner, or all."""
    all_groups = registry.reload().consent_groups
    return all_groups.intersection(request.POST.get("groups", "").split()) or all_groups


def save_answers(request: HttpRequest, answers: Mapping[str, bool], *, act: str) -> HttpResponse:
    """The choices apply to the rest of this request already."""
    now = timezone.now()
    if not ANSWERS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "consent/preferences/rate_limited.html", {"hides_banner": True}, status=429)
    register = registry.current()
    saved = choosing.save(
        evaluated=guard.evaluated(request),
        register=register,
        answers=answers,
        notice_key=request.POST.get("wording", ""),
        context=_consent_context(request, register, act=act, now=now),
    )
    guard.apply_choices(request, register, saved.choices, moment=now.timestamp())
    response = _render_page(request, words_changed=True) if saved.words_changed else _redirect_back(request)
    guard.set_cookie(response, saved.choices, now=now)
    campaigns.issue_first_token(request, response, now=now)
    return response


def _consent_context(request: HttpRequest, register: Register, *, act: str, now: datetime) -> ConsentContext:
    shown = wording.prompt_about(register, _groups_in_question(request)).in_language(get_language())
    return ConsentContext(
        act=act,
        words=shown.text,
        markup=shown.markup,
        language=shown.language,
        page=_page_of_answer(request),
        now=now,
        policy_version=publishing.version_stamp(),
        has_gpc=guard.evaluated(request).has_gpc,
    )


def _page_of_answer(request: HttpRequest) -> str:
    """The URL pattern of the page where the visitor answered: a pattern names no request and no person.

    The preferences page sends no `next`. A foreign `next` is ignored: all we then know is the address of this view.
    """
    if not request.POST.get("next"):
        return reverse("consent:choices")
    path = urlsplit(_next_address(request)).path
    try:
        return request_facts.pattern(path, resolve(path))
    except Resolver404:
        return request.path


def _next_address(request: HttpRequest) -> str:
    """`next`, where it is an address of this site; else empty."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours and target.startswith("/") else ""


def _redirect_back(request: HttpRequest) -> HttpResponse:
    """To `next` where it is ours, else to the preferences. A script gets 204 and stays on its page."""
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return HttpResponseRedirect(_next_address(request) or f"{reverse('consent:choices')}?kept")


def _render_page(request: HttpRequest, *, words_changed: bool = False) -> HttpResponse:
    register, evaluated, now = registry.current(), guard.evaluated(request), timezone.now()
    rows = preferences.rows(register, evaluated, moment=now.timestamp())
    events = list(ledger.events_of_browser(evaluated.choices.receipt, now=now))
    form_events = [
        *form_consents.of_account(request, now=now),
        *form_consents.of_browser(request, now=now),
    ]
    seals = inclusion.sealed(ConsentEvent, [event.pk for event in events + form_events])
    visits = Paginator(own_visits.of_browser(recording.visitor_of(request), now=now), VISITS_ON_A_PAGE)
    context = {
        "rows": rows,
        "prompt": wording.prompt_for(register),
        "evaluated": evaluated,
        "lines": [(event, seals.get(event.pk)) for event in events],
        "form_lines": [(event, seals.get(event.pk)) for event in form_events],
        "words_changed": words_changed,
        "hides_banner": True,
        "is_kept": "kept" in request.GET,
        "interests": campaigns.interests(request),
        "visits": visits.get_page(request.GET.get("visits")),
        "is_recorded": Browser.of(request).records_visits,
        "is_deleted": "deleted" in request.GET and not visits.count,  # anybody can write such a link
    }
    return render(request, "consent/preferences/choices.html", context, status=409 if words_changed else 200)
