from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.web import signed_links

SECURITY_TXT_VALID_FOR = timedelta(days=180)  # RFC 9116 recommends less than a year


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "website/home.html")


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
