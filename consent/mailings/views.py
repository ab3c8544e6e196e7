from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.mailings import clicks
from consent.mailings.picture_models import MailingPicture
from privacy.files import storage
from privacy.web.headers import FILE_POLICY

A_YEAR = 365 * 24 * 3600


@require_safe
def follow(request: HttpRequest, link: str, person: str) -> HttpResponse:
    """From a link in an e-mail campaign to the page that it names, whoever follows it and however late."""
    try:
        found = clicks.find(link)
    except clicks.UnknownLinkError:
        raise Http404 from None
    if clicks.is_by_somebody(request):
        clicks.count(found.mailing, person, now=timezone.now())
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HttpResponseRedirect(found.target, headers=headers)


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """The same for everybody, and no cookie with it: who opens a mail is not seen here."""
    found = get_object_or_404(MailingPicture.objects.select_related("file"), key=key)
    try:
        content = storage.read(found.file)
    except storage.UnreadableFileError:
        raise Http404 from None
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "Content-Security-Policy": FILE_POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HttpResponse(content, content_type=found.file.media_type, headers=headers)
