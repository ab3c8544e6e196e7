from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment.offers.models import Offer


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    return render(request, "recruitment/offers/offers.html", {"offers": Offer.objects.open(timezone.now())})


@require_safe
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """A closed offer stays visible, and says that it is closed."""
    now = timezone.now()
    found = get_object_or_404(Offer.objects.published(now), slug=slug)
    return render(request, "recruitment/offers/offer.html", {"offer": found, "is_open": found.is_open(now)})
