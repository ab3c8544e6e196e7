from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from privacy.policy import publishing
from privacy.policy.models import PolicyVersion


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version ever published, newest first."""
    return render(request, "privacy/policy/versions.html", {"versions": PolicyVersion.objects.all()})


@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What changed from another version (`?from=`), by default the one before, clause by clause."""
    newer = get_object_or_404(PolicyVersion, number=number)
    others = PolicyVersion.objects.exclude(number=number)
    older = others.filter(number=_requested_number(request)).first() or publishing.previous(newer)
    found = publishing.compare(older, newer, get_language() or "") if older else []
    context = {
        "newer": newer,
        "older": older,
        "others": others,
        "changed": [change for change in found if change.is_changed],
        "unchanged": [change for change in found if not change.is_changed],
    }
    return render(request, "privacy/policy/changes.html", context)


def _requested_number(request: HttpRequest) -> int:
    requested = request.GET.get("from", "")
    return int(requested) if requested.isdecimal() and len(requested) < 9 else 0
