"""The pages behind the links of commercial messages. Opening one never acts: mail scanners open links, too.

Whoever has such a link received a message of ours, so it is enough by itself: no account, no cookie, no token against
forged requests. Unsubscribing is one POST (RFC 8058).
"""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.choices import origin
from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links, preferences
from consent.mail_preferences.forms import LinkForm, PreferencesForm
from consent.preferences.forms import MailAgreementForm
from consent.prospecting import prospecting
from privacy.companies import collecting
from privacy.datamap import masks
from privacy.seals import inclusion
from privacy.web import rate_limits, signed_links

KEY_OF_ASKING = "consent_prospecting_link"


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """Move the token from the address to the session."""
    request.session[KEY_OF_ASKING] = token
    return redirect("consent:mail-confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Pressing the button once more is no error."""
    token, now = request.session.get(KEY_OF_ASKING, ""), timezone.now()
    try:
        asked = prospecting.find_asking(token, now=now)
        if request.method == "POST":
            prospecting.confirm_asking(asked, now=now)
    except prospecting.StoppedSinceError:
        return _show(request, "consent/mail_preferences/stopped_since.html", status=410)
    except signed_links.BadLinkError:
        return _show(request, "consent/mail_preferences/link_expired.html", status=410)
    if request.method == "POST" or asked.term.confirm_by is None:
        return _show(
            request,
            "consent/mail_preferences/confirmed.html",
            {"asked": asked, "token": links.token(asked.email)},
        )
    return _show(request, "consent/mail_preferences/confirm.html", {"asked": asked})


@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    try:
        email = links.read(token)
    except signed_links.BadLinkError:
        return _no_such_link(request)
    return _render(request, token, email)


@csrf_exempt
@never_cache
@require_POST
def save(request: HttpRequest, token: str) -> HttpResponse:
    try:
        email = links.read(token)
    except signed_links.BadLinkError:
        return _no_such_link(request)
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _render(request, token, email, form=form)
    preferences.save(
        email,
        wanted=form.cleaned_data["topics"],
        language=form.cleaned_data["language"],
        now=timezone.now(),
    )
    return _render(request, token, email, said="saved")


@csrf_exempt
@never_cache
@require_POST
def ask_again(request: HttpRequest, token: str) -> HttpResponse:
    """A box that was not ticked, or whose sentence has changed since, asks nothing.

    The answer is the same for every address, listed, stopped or asked too often: it shows nothing that is on record.
    """
    try:
        email = links.read(token)
    except signed_links.BadLinkError:
        return _no_such_link(request)
    now = timezone.now()
    agreement = MailAgreementForm(request.POST, collection=collecting.by_controller())
    if not agreement.is_valid() or rate_limits.is_too_often(agreement, request, now=now):
        return _render(request, token, email, agreement=agreement)
    columns = agreement.collection.columns()
    prospecting.ask(
        email=email,
        sentence=agreement.opt_in_sentence(),
        language=get_language() or "en",
        page=preferences.PAGE,
        now=now,
        policy_version=str(columns["policy_version"] or ""),
        entity=str(columns["entity"]),
    )
    return _show(
        request, "consent/mail_preferences/asked.html", {"token": token, "email": masks.email(email)}
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button. POST acts, for a person and for a mail program (RFC 8058): no cookie, no redirect."""
    try:
        email = links.read(token)
    except signed_links.BadLinkError:
        return _no_such_link(request)
    facts = {"token": token, "email": masks.email(email)}
    if request.method != "POST":
        return _show(request, "consent/mail_preferences/unsubscribe.html", facts)
    language = get_language() or "en"
    preferences.stop(email, words=stop_words(), language=language, now=timezone.now())
    return _show(request, "consent/mail_preferences/unsubscribed.html", facts)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: HttpRequest) -> HttpResponse:
    """The same answer and the same mail for every address. No cookie is needed."""
    if request.method == "POST" and not origin.is_same_origin(request):
        raise PermissionDenied
    now, form = timezone.now(), LinkForm(request.POST or None)
    facts = {"form": form, "hides_banner": False}  # anybody may open this page first
    if not form.is_valid():
        return _show(request, "consent/mail_preferences/ask_link.html", facts)
    if rate_limits.is_too_often(form, request, now=now):
        return _show(request, "consent/mail_preferences/ask_link.html", facts, status=429)
    preferences.mail_link(form.cleaned_data["email"], language=get_language() or "en", now=now)
    return redirect("consent:mail-link-sent")


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return _show(request, "consent/mail_preferences/link_sent.html")


def stop_words() -> str:
    """What the button says, in the language in force."""
    return gettext("Stop all commercial messages")


def _render(
    request: HttpRequest,
    token: str,
    email: str,
    *,
    said: str = "",
    form: PreferencesForm | None = None,
    agreement: MailAgreementForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    found = preferences.of(email, now=now)
    seals = inclusion.sealed(ConsentEvent, [event.pk for event in found.lines])
    facts = {
        "token": token,
        "email": masks.email(email),
        "found": found,
        "form": form or _form_of(found),
        "agreement": agreement or MailAgreementForm(collection=collecting.by_controller()),
        "lines": [(event, seals.get(event.pk)) for event in found.lines],
        "said": said,
    }
    return _show(request, "consent/mail_preferences/preferences.html", facts)


def _form_of(found: preferences.MailPreferences) -> PreferencesForm:
    language = found.prospect.language if found.prospect else ""
    return PreferencesForm(initial={"topics": found.wanted, "language": language})


def _no_such_link(request: HttpRequest) -> HttpResponse:
    return _show(request, "consent/mail_preferences/link_incomplete.html", status=404)


def _show(
    request: HttpRequest, page: str, facts: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"hides_banner": True, **(facts or {})}
    response = render(request, page, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
