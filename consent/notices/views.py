from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from consent.choices.origin import same_origin_required
from consent.notices import campaigns, notices


@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts a click only where the visitor accepted to be counted."""
    now = timezone.now()
    notice = next(
        (notice for notice in notices.current() if notice.id == pk and notice.is_running(now)), None
    )
    if notice is None:
        raise Http404
    if notice.campaign is not None and campaigns.is_counted(request, notice) and request.method == "GET":
        campaigns.count(notice.campaign, now=now, clicks=1)
    return HttpResponseRedirect(notices.link_in_language(notice))


@require_POST
@same_origin_required
def save_interests(request: HttpRequest) -> HttpResponse:
    """Does nothing without the visitor's consent."""
    is_script = request.headers.get("Accept") == "application/json"
    page = f"{reverse('consent:choices')}?kept"
    response = HttpResponse(status=204) if is_script else HttpResponseRedirect(page)
    campaigns.save_interests(request, response, request.POST.getlist("interests"), now=timezone.now())
    return response
