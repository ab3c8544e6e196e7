import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dsr.follow_up import session_grants
from dsr.follow_up.document_views import NOT_STORED
from dsr.follow_up.rate_limits import SUBMISSIONS_OF_CLIENT, SUBMISSIONS_OF_MAILBOX, UPLOADS_OF_CLIENT
from dsr.intake import submission
from dsr.intake.forms import ConfirmForm, RequestForm
from dsr.messages import emails
from dsr.requests.mandate_models import mandate_of, reader_of, submitter_of
from dsr.requests.models import UNCONFIRMED_KEEP, SubjectRequest, UnconfirmedRequest
from dsr.requests.visit_models import VisitsCopy
from privacy.companies import collecting
from privacy.files import drafts
from privacy.visits import recording
from privacy.web import rate_limits, request_facts, signed_in, signed_links
from privacy.web.request_facts import Browser

FORM, FORM_KEY = "dsr/intake/new.html", "dsr.request"
PRESSED_AGAIN = timedelta(minutes=2)
log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What follows the form is the same page for everybody."""
    now = timezone.now()
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    if request.method != "POST":
        form = RequestForm(initial=_known(request), collection=collection, now=now)
        return _form(request, _fitted(form, request))
    if request.FILES and not UPLOADS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    form = _fitted(RequestForm(request.POST, request.FILES, collection=collection, now=now), request)
    if not form.is_valid():
        return _form(request, form)
    if not SUBMISSIONS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    browser = submission.SendingBrowser(visitor_of(request) if form.wants_visits() else None, request)
    if _is_signed_in(request, form):
        return _confirm_here(request, form, browser, now=now)
    return _submitted(request, form, browser, now=now)


def _fitted(form: RequestForm, request: HttpRequest) -> RequestForm:
    """Offers the visits of this browser where there are any to be found."""
    if visitor_of(request) is None:
        form.leave_out_visits()
    return form


def visitor_of(request: HttpRequest) -> UUID | None:
    return recording.visitor_of(request) if Browser.of(request).records_visits else None


def _submitted(
    request: HttpRequest, form: RequestForm, browser: submission.SendingBrowser, *, now: datetime
) -> HttpResponse:
    """To a mailbox that got too many messages the link is mailed later; the page is the same."""
    mailboxes = {form.submitter(), form.cleaned_data["email"]}
    taken = [SUBMISSIONS_OF_MAILBOX.take(each, now=now) for each in mailboxes]
    try:
        unconfirmed_request = submission.submit(
            form.request_data(),
            collection=form.collection,
            representation=form.representation(),
            browser=browser,
            may_mail=all(taken),
            language=get_language() or "en",
            now=now,
        )
    except drafts.DraftGoneError:
        form.report_missing_document("mandate")
        return _form(request, form)
    except OSError:
        return _not_stored(request, form)
    return redirect(
        reverse("dsr:request-sent") + ("?stopped" if unconfirmed_request.recording_stopped_at else "")
    )


def _not_stored(request: HttpRequest, form: RequestForm) -> HttpResponse:
    """The disk refuses a mandate or a copy of visits: nothing was sent, and what was typed is still there."""
    log.exception("a mandate or a copy of visits could not be stored")
    form.add_error(None, ValidationError(NOT_STORED))
    facts = {"form": form, "is_signed_in": request.user.is_authenticated}
    return render(request, FORM, facts, status=503)


def _form(request: HttpRequest, form: RequestForm) -> HttpResponse:
    if form.is_bound:
        form.keep_documents(email=form.cleaned_data.get("by_email", ""))
    return render(request, FORM, {"form": form, "is_signed_in": request.user.is_authenticated})


def _known(request: HttpRequest) -> dict[str, str]:
    """What the account of a signed-in client knows already."""
    names = ("first_name", "surname", "email")
    return {name: getattr(request.user, name, "") for name in names}


def _is_signed_in(request: HttpRequest, form: RequestForm) -> bool:
    """Whether a signed-in client asks for themselves: their address is confirmed already."""
    return form.submitter() in signed_in.person(request).emails and not form.is_for_another()


def _confirm_here(
    request: HttpRequest, form: RequestForm, browser: submission.SendingBrowser, *, now: datetime
) -> HttpResponse:
    """Show the button that the mailed link would have led to."""
    try:
        unconfirmed_request = submission.submit(
            form.request_data(),
            collection=form.collection,
            browser=browser,
            is_signed_in=True,
            language=get_language() or "en",
            now=now,
        )
    except OSError:
        return _not_stored(request, form)
    session_grants.store_token(
        request.session, emails.CONFIRM, emails.confirmation(unconfirmed_request, now=now), now=now
    )
    return redirect("dsr:confirm")


@require_safe
def young_people(request: HttpRequest) -> HttpResponse:
    """In words that somebody of fourteen understands (GDPR 12(1), act 78-17, article 45)."""
    return render(request, "dsr/intake/young_people.html")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    facts = {
        "keep": UNCONFIRMED_KEEP,
        "times": SUBMISSIONS_OF_MAILBOX.times,
        "is_stopped": "stopped" in request.GET and Browser.of(request).records_visits is False,
    }
    return render(request, "dsr/intake/sent.html", facts)


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token moves into the session. Opening a link confirms nothing: mail scanners open links too."""
    session_grants.store_token(request.session, emails.CONFIRM, token, now=timezone.now())
    return redirect("dsr:confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The button confirms the request that its page shows; the token in it proves who may.

    The session knows the last link alone: whoever opens two in two tabs would confirm the wrong one.
    """
    now = timezone.now()
    token = request.POST.get("token") or session_grants.link_token(request.session, emails.CONFIRM)
    try:
        unconfirmed_id = UUID(signed_links.read(emails.CONFIRM, token, now=now))
    except signed_links.BadLinkError:
        return render(request, "dsr/intake/link_invalid.html", status=410)
    unconfirmed_request = UnconfirmedRequest.objects.live(now).filter(pk=unconfirmed_id).first()
    if unconfirmed_request is None:
        return _confirmed_before(request, unconfirmed_id, now=now)
    if request.method == "POST":
        return _confirmed(request, unconfirmed_id)
    facts = {
        "unconfirmed_request": unconfirmed_request,
        "form": ConfirmForm(initial={"token": token}),
        "mandate": mandate_of(unconfirmed_request),
        "has_visits": VisitsCopy.objects.filter(unconfirmed_request=unconfirmed_request).exists(),
    }
    return render(request, "dsr/intake/confirm.html", facts)


def _confirmed(request: HttpRequest, unconfirmed_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        subject_request = submission.confirm(unconfirmed_id, now=now)
    except submission.NothingToConfirmError:
        return _confirmed_before(request, unconfirmed_id, now=now)
    if submitter_of(subject_request) != (reader := reader_of(subject_request)):
        return render(
            request, "dsr/intake/handed_over.html", {"subject_request": subject_request, "reader": reader}
        )
    session_grants.grant(request.session, emails.FOLLOW, unconfirmed_id, now=now)
    return redirect("dsr:request", unconfirmed_id)


def _confirmed_before(request: HttpRequest, request_id: UUID, *, now: datetime) -> HttpResponse:
    """Whoever presses the button twice sees the request, though their browser dropped the first answer."""
    confirmed = SubjectRequest.objects.filter(pk=request_id, confirmed_at__gt=now - PRESSED_AGAIN).first()
    if request.method == "POST" and confirmed and submitter_of(confirmed) == reader_of(confirmed):
        session_grants.grant(request.session, emails.FOLLOW, request_id, now=now)
    return redirect("dsr:request", request_id)
