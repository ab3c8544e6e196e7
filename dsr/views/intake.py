"""Filing a request and confirming it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dsr import intake, letters, passes
from dsr.forms import BrowserForm, RequestForm
from dsr.limits import FILINGS_OF_CLIENT, FILINGS_OF_MAILBOX
from dsr.models import Filing
from dsr.models.requests import UNCONFIRMED_KEEP
from privacy import limits, links


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form. What follows it is the same page for everybody."""
    now, form = timezone.now(), RequestForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "dsr/new.html", {"form": form})
    if not FILINGS_OF_CLIENT.take(limits.client(request), now=now):
        return render(request, "dsr/too_often.html", status=429)
    if FILINGS_OF_MAILBOX.take(form.cleaned_data["email"], now=now):
        intake.file(form.asked(), language=get_language() or "en", now=now)
    return redirect("dsr:request-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What to do now: look into the mailbox."""
    return render(request, "dsr/sent.html", {"keep": UNCONFIRMED_KEEP, "times": FILINGS_OF_MAILBOX.times})


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address. Nothing is confirmed by opening a link: scanners open links too."""
    passes.carry(request.session, letters.CONFIRM, token, now=timezone.now())
    return redirect("dsr:confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The button that makes the filing a request."""
    now = timezone.now()
    try:
        filing_id = UUID(passes.carried(request.session, letters.CONFIRM, now=now))
    except links.BadLink:
        return render(request, "dsr/confirm_bad.html", status=410)
    filing = Filing.objects.live(now).filter(pk=filing_id).first()
    if filing is None:
        return redirect("dsr:request", filing_id)
    keys: set[UUID] = getattr(request, "browser_keys", set())
    form = BrowserForm(request.POST or None) if keys else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _confirmed(request, filing_id, keys if form and form.is_mine() else set())
    return render(request, "dsr/confirm.html", {"filing": filing, "form": form})


def _confirmed(request: HttpRequest, filing_id: UUID, visitors: set[UUID]) -> HttpResponse:
    now = timezone.now()
    try:
        intake.confirm(filing_id, visitors=visitors, browser=request, now=now)
    except intake.NothingToConfirm:
        return redirect("dsr:request", filing_id)
    passes.admit(request.session, letters.FOLLOW, filing_id, now=now)
    return redirect("dsr:request", filing_id)
