from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consent.ledger.models import Wording
from consent.wording import archive


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/wording/versions.html", {"versions": archive.versions()})


@require_safe
def text(request: HttpRequest, sha256: str) -> HttpResponse:
    """Byte for byte, so that `sha256sum` of the response is the hash in its address."""
    wording = get_object_or_404(Wording, sha256=sha256)
    return HttpResponse(wording.text, content_type="text/plain; charset=utf-8")


@require_safe
def rendered(request: HttpRequest, sha256: str) -> HttpResponse:
    wording = get_object_or_404(archive.versions(), sha256=sha256)
    return render(request, "consent/wording/rendered.html", {"wording": wording, "hides_banner": True})
