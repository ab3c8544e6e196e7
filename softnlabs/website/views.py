"""The website's pages."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from privacy import links
from softnlabs.website import contact as enquiries
from softnlabs.website import health as signs
from softnlabs.website import mailbox
from softnlabs.website.forms import ContactForm

SECURITY_TXT_VALID_FOR = timedelta(days=180)  # RFC 9116: less than a year, so that it does not go stale
LETTER_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are and what we do."""
    return render(request, "website/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The contact form."""
    form = ContactForm(request.POST or None)
    if form.is_valid():
        enquiries.receive(form.as_message(), language=get_language() or "en", now=timezone.now())
        return redirect("website:contact-done")
    return render(request, "website/contact.html", {"form": form})


@require_safe
def contact_done(request: HttpRequest) -> HttpResponse:
    """What happens now that the message is here."""
    return render(request, "website/contact_done.html")


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Which parts are at work: 200 when all are, 503 otherwise."""
    parts = signs.parts(now=timezone.now())
    is_up = all(parts.values())
    words = {part: _in_words(is_up) for part, is_up in parts.items()}
    response = JsonResponse({"status": _in_words(is_up), "parts": words}, status=200 if is_up else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # whoever asks each second needs no log line
    return response


def _in_words(is_up: bool) -> str:  # noqa: FBT001
    return "up" if is_up else "down"


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116)."""
    facts = {
        "email": settings.CONTROLLER["email"],
        "expires": (timezone.now() + SECURITY_TXT_VALID_FOR).replace(microsecond=0),
        "canonical": links.absolute("/.well-known/security.txt"),
        "policy": links.absolute("/privacy/"),
    }
    return HttpResponse(
        render_to_string("website/security.txt", facts), content_type="text/plain; charset=utf-8"
    )


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Local mode: the messages kept on this machine."""
    return render(request, "website/mailbox.html", {"letters": mailbox.letters(settings.EMAIL_FILE_PATH)})


@require_safe
def mail_letter(request: HttpRequest, key: str) -> HttpResponse:
    """Local mode: one message, as text."""
    return render(request, "website/mailbox_letter.html", {"letter": _letter_or_404(key)})


@require_safe
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """Local mode: one message as HTML, in a sandbox of its own."""
    response = HttpResponse(_letter_or_404(key).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


def _letter_or_404(key: str) -> mailbox.Letter:
    letter = mailbox.letter(settings.EMAIL_FILE_PATH, key)
    if letter is None:
        raise Http404
    return letter
