"""The switch for commercial messages on the page “My data”, for an address of whoever is signed in."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from consent.ledger.ledger import Act
from consent.preferences.forms import MailAgreementForm
from consent.preferences.views import ANSWERS_OF_CLIENT
from consent.prospecting import prospecting
from privacy.companies import collecting
from privacy.web import rate_limits, signed_in


@require_POST
@signed_in.required
def agree(request: HttpRequest) -> HttpResponse:
    """A box that was not ticked, or whose sentence has changed since, is no yes."""
    email, now = _own_address(request), timezone.now()
    if not ANSWERS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return _too_often(request)
    form = MailAgreementForm(request.POST, collection=collecting.by_controller())
    if not form.is_valid():
        return _back("outdated" if form.is_outdated else "unticked")
    columns = form.collection.columns()
    is_kept = prospecting.agree(
        email=email,
        sentence=form.opt_in_sentence(),
        language=get_language() or "en",
        page=resolve_url(settings.MY_DATA_URL),
        now=now,
        policy_version=str(columns["policy_version"] or ""),
        entity=str(columns["entity"]),
    )
    return _back("kept" if is_kept else "stopped_since")


@require_POST
@signed_in.required
def stop(request: HttpRequest) -> HttpResponse:
    email, now = _own_address(request), timezone.now()
    if not ANSWERS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return _too_often(request)
    prospecting.withdraw(
        email=email,
        act=Act.MY_DATA,
        words=stop_words(),
        language=get_language() or "en",
        page=resolve_url(settings.MY_DATA_URL),
        now=now,
    )
    return _back("stopped")


def stop_words() -> str:
    """What the button says, in the language in force."""
    return gettext("Stop commercial messages")


def _own_address(request: HttpRequest) -> str:
    email = request.POST.get("email", "")
    if email not in signed_in.person(request).emails:
        raise Http404
    return email


def _back(said: str) -> HttpResponse:
    return redirect(f"{resolve_url(settings.MY_DATA_URL)}?mail={said}#mail")


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/preferences/rate_limited.html", {"hides_banner": True}, status=429)
