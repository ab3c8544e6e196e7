from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from privacy.web import rate_limits
from softnlabs.website.enquiries import enquiries
from softnlabs.website.enquiries.forms import ContactForm

FORM = "website/contact.html"


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    now, form = timezone.now(), ContactForm(request.POST or None)
    if not form.is_valid():
        return render(request, FORM, {"form": form})
    if rate_limits.is_too_often(form, request, now=now):
        return render(request, FORM, {"form": form}, status=429)
    enquiries.receive(
        form.as_enquiry(),
        agreed_to=form.agreed_to(),
        language=get_language() or "en",
        page=request.path,
        now=now,
    )
    return redirect("website:contact-done")


@require_safe
def contact_done(request: HttpRequest) -> HttpResponse:
    return render(request, "website/contact_done.html")
