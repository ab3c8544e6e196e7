"""Local mode's mailbox; production has none of these addresses."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from softnlabs.local import mailbox

MESSAGE_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'"


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "website/mailbox.html",
        {"stored_messages": mailbox.stored_messages(settings.EMAIL_FILE_PATH)},
    )


@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    """As text."""
    return render(request, "website/mailbox_message.html", {"stored_message": _message_or_404(key)})


@require_safe
def html(request: HttpRequest, key: str) -> HttpResponse:
    """In a sandbox of its own, through the Content-Security-Policy."""
    response = HttpResponse(_message_or_404(key).html)
    response.headers["Content-Security-Policy"] = MESSAGE_POLICY
    return response


def _message_or_404(key: str) -> mailbox.StoredMessage:
    found = mailbox.stored_message(settings.EMAIL_FILE_PATH, key)
    if found is None:
        raise Http404
    return found
