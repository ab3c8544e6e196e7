from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.web import signed_links
from softnlabs.website.pages import public, published
from softnlabs.website.pages.models import Place

SECURITY_TXT_VALID_FOR = timedelta(days=180)  # RFC 9116 recommends less than a year


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Shown whatever the desk has written: without a text it still leads to everything."""
    now = timezone.now()
    facts = {"page": published.at("/", now=now), "services": published.listed(Place.SERVICES, now=now)}
    return render(request, "website/home.html", facts)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    return _written(request, f"/{slug}/")


@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    return _written(request, f"{public.SERVICES}{slug}/")


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    return render(request, "website/plan.html", {"sections": public.sections(now=timezone.now())})


def _written(request: HttpRequest, address: str) -> HttpResponse:
    """A page that is not published yet, or no longer, answers as one that never was."""
    now = timezone.now()
    found = published.at(address, now=now)
    if found is None:
        raise Http404
    services = published.listed(Place.SERVICES, now=now) if address == public.SERVICES else []
    return render(request, "website/page.html", {"page": found, "services": services})


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Contact for reports of vulnerabilities (RFC 9116)."""
    facts = {
        "email": settings.CONTROLLER["email"],
        "expires": (timezone.now() + SECURITY_TXT_VALID_FOR).replace(microsecond=0),
        "canonical": signed_links.absolute("/.well-known/security.txt"),
        "policy": signed_links.absolute("/privacy/"),
    }
    text = render_to_string("website/security.txt", facts)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
