"""“My data”: what the apps show to whoever is signed in, each its own section."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.web import signed_in
from softnlabs.website.my_data import sections


@require_safe
@signed_in.required
def my_data(request: HttpRequest) -> HttpResponse:
    """A look at one's own data is not on record."""
    now, person = timezone.now(), signed_in.person(request)
    facts = {
        "sections": sections.of(request, person, now=now),
        "addresses": sorted(person.emails),
        "hides_banner": True,
    }
    response = render(request, "account/my_data.html", facts)
    response["X-Robots-Tag"] = "noindex"
    return response
