"""The text of the policy, each clause with how it is kept."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from privacy.promises import kept


@require_safe
def current(request: HttpRequest) -> HttpResponse:
    version = publishing.in_force()
    if version is None:
        raise Http404
    text = publishing.text_of(version, get_language() or "")
    clauses = kept.clauses(publishing.clauses_of(text), now=timezone.now())
    context = {"version": version, "text": text, "clauses": clauses, "is_in_force": True}
    return render(request, "privacy/promises/policy.html", context)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """The permanent address of one version: its text alone, since the checks look at today's rules."""
    shown = get_object_or_404(PolicyVersion, number=number)
    text = publishing.text_of(shown, get_language() or "")
    clauses = [{"clause": clause, "html": clause.html} for clause in publishing.clauses_of(text)]
    is_in_force = shown == publishing.in_force()
    context = {"version": shown, "text": text, "clauses": clauses, "is_in_force": is_in_force}
    return render(request, "privacy/promises/policy.html", context)
