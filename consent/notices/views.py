"""Following a notice's link."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from consent.choices.origin import own_pages_only
from consent.notices import campaigns, notices


@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the click of a visitor who accepted that, and go where the notice leads."""
    now = timezone.now()
    piece = next((piece for piece in notices.current() if piece.id == pk and piece.is_on(now)), None)
    if piece is None:
        raise Http404
    if piece.campaign is not None and campaigns.is_counted(request, piece) and request.method == "GET":
        campaigns.count(piece.campaign, now=now, clicks=1)
    return HttpResponseRedirect(notices.address(piece))


@require_POST
@own_pages_only
def name_interests(request: HttpRequest) -> HttpResponse:
    """Remember the interests that the visitor named, if they accepted that."""
    is_script = request.headers.get("Accept") == "application/json"
    page = f"{reverse('consent:choices')}?kept"
    response = HttpResponse(status=204) if is_script else HttpResponseRedirect(page)
    campaigns.name_interests(request, response, request.POST.getlist("interests"), now=timezone.now())
    return response
