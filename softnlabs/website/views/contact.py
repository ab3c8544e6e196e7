"""The contact form and its thanks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from softnlabs.website import contact as enquiries
from softnlabs.website.forms import ContactForm


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Write to us."""
    form = ContactForm(request.POST or None)
    if form.is_valid():
        enquiries.receive(
            form.as_message(),
            agreed_to=form.agreed_to(),
            language=get_language() or "en",
            page=request.path,
            now=timezone.now(),
        )
        return redirect("website:contact-done")
    return render(request, "website/contact.html", {"form": form})


@require_safe
def contact_done(request: HttpRequest) -> HttpResponse:
    """What happens now that the message is here."""
    return render(request, "website/contact_done.html")
