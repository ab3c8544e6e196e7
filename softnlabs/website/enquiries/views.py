from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from consent.preferences import form_consents
from privacy.companies import collecting
from privacy.web import rate_limits, request_facts
from softnlabs.website.enquiries import enquiries
from softnlabs.website.enquiries.forms import ContactForm

FORM, FORM_KEY = "website/contact.html", "website.contact"


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    form = ContactForm(request.POST or None, collection=collection)
    if not form.is_valid():
        return render(request, FORM, {"form": form})
    if rate_limits.is_too_often(form, request, now=now):
        return render(request, FORM, {"form": form}, status=429)
    enquiries.receive(
        form.as_enquiry(),
        collection=collection,
        agreed_to=form.agreed_to(),
        language=get_language() or "en",
        page=request.path,
        now=now,
    )
    if form.agreed_to():
        form_consents.remember(request, email=form.cleaned_data["email"], given_at=now)
        return redirect(f"{reverse('website:contact-done')}?asked")
    return redirect("website:contact-done")


@require_safe
def contact_done(request: HttpRequest) -> HttpResponse:
    return render(request, "website/contact_done.html")
