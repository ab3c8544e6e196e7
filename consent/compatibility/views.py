"""The four addresses of django-cookie-consent, for templates and scripts that were written for it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consent.choices.origin import same_origin_required
from consent.compatibility.answers import get_cookie_value_from_request
from consent.cookies import registry
from consent.ledger import ledger
from consent.preferences import views as preferences


@require_safe
def groups(request: HttpRequest) -> HttpResponseRedirect:
    """Its list of groups is our page of choices."""
    return redirect("consent:choices")


@never_cache
@require_safe
def status(request: HttpRequest) -> JsonResponse:
    """As its script reads it. No CSRF token, which would set a cookie: our addresses look at the origin instead."""
    names = {
        True: "acceptedCookieGroups",
        False: "declinedCookieGroups",
        None: "notAcceptedOrDeclinedCookieGroups",
    }
    found: dict[str, list[str]] = {name: [] for name in names.values()}
    for key in _answerable():
        found[names[get_cookie_value_from_request(request, key)]].append(key)
    urls = {"acceptUrl": reverse("cookie_consent_accept"), "declineUrl": reverse("cookie_consent_decline")}
    return JsonResponse({"csrftoken": "", **urls, **found})


@require_POST
@same_origin_required
def accept(request: HttpRequest) -> HttpResponseRedirect:
    """Leads to our question: a yes to other words than ours would be a consent that nobody could prove."""
    return redirect("consent:choices")


@require_POST
@same_origin_required
def decline(request: HttpRequest) -> HttpResponse:
    """A no counts whatever the words were."""
    named = _answerable() if request.POST.get("all_groups") else request.POST.getlist("cookie_groups")
    answers = dict.fromkeys([key for key in _answerable() if key in named], False)
    if not answers:
        return redirect("consent:choices")
    return preferences.save_answers(request, answers, act=ledger.Act.CHOICE)


def _answerable() -> list[str]:
    return [group.key for group in registry.current().groups if group.needs_consent or group.is_opt_out]
