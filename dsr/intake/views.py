import logging
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dsr.follow_up import session_grants
from dsr.follow_up.document_views import NOT_STORED
from dsr.follow_up.rate_limits import SUBMISSIONS_OF_CLIENT, SUBMISSIONS_OF_MAILBOX, UPLOADS_OF_CLIENT
from dsr.intake import submission
from dsr.intake.forms import BrowserForm, RequestForm
from dsr.messages import emails
from dsr.requests.mandate_models import mandate_of, reader_of, submitter_of
from dsr.requests.models import UNCONFIRMED_KEEP, UnconfirmedRequest
from privacy.companies import collecting
from privacy.files import drafts
from privacy.web import rate_limits, request_facts, signed_links
from privacy.web.request_facts import Browser

FORM, FORM_KEY = "dsr/intake/new.html", "dsr.request"
log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What follows the form is the same page for everybody."""
    now = timezone.now()
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    if request.method != "POST":
        return _form(request, RequestForm(initial=_known(request), collection=collection, now=now))
    if request.FILES and not UPLOADS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    form = RequestForm(request.POST, request.FILES, collection=collection, now=now)
    if not form.is_valid():
        return _form(request, form)
    if not SUBMISSIONS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    return _confirm_here(request, form) if _is_signed_in(request, form) else _submitted(request, form)


def _submitted(request: HttpRequest, form: RequestForm) -> HttpResponse:
    """To a mailbox that got too many messages the link is mailed later; the page is the same."""
    now = timezone.now()
    mailboxes = {form.submitter(), form.cleaned_data["email"]}
    taken = [SUBMISSIONS_OF_MAILBOX.take(each, now=now) for each in mailboxes]
    try:
        submission.submit(
            form.request_data(),
            collection=form.collection,
            representation=form.representation(),
            may_mail=all(taken),
            language=get_language() or "en",
            now=now,
        )
    except drafts.DraftGoneError:
        form.report_missing_document("mandate")
        return _form(request, form)
    except OSError:
        log.exception("a mandate could not be stored")
        form.add_error(None, ValidationError(NOT_STORED))
        return render(request, FORM, {"form": form}, status=503)
    return redirect("dsr:request-sent")


def _form(request: HttpRequest, form: RequestForm) -> HttpResponse:
    if form.is_bound:
        form.keep_documents(email=form.cleaned_data.get("by_email", ""))
    return render(request, FORM, {"form": form, "is_signed_in": request.user.is_authenticated})


def _known(request: HttpRequest) -> dict[str, str]:
    """What the account of a signed-in client knows already."""
    names = ("first_name", "surname", "email")
    return {name: getattr(request.user, name, "") for name in names}


def _is_signed_in(request: HttpRequest, form: RequestForm) -> bool:
    """Whether a signed-in client asks for themselves: their address needs no confirmation by mail."""
    return form.submitter() == getattr(request.user, "email", None) and not form.is_for_another()


def _confirm_here(request: HttpRequest, form: RequestForm) -> HttpResponse:
    """Show the button that the mailed link would have led to."""
    now = timezone.now()
    unconfirmed_request = submission.submit(
        form.request_data(),
        collection=form.collection,
        is_signed_in=True,
        language=get_language() or "en",
        now=now,
    )
    session_grants.store_token(
        request.session, emails.CONFIRM, emails.confirmation(unconfirmed_request, now=now), now=now
    )
    return redirect("dsr:confirm")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(
        request, "dsr/intake/sent.html", {"keep": UNCONFIRMED_KEEP, "times": SUBMISSIONS_OF_MAILBOX.times}
    )


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token moves into the session. Opening a link confirms nothing: mail scanners open links too."""
    session_grants.store_token(request.session, emails.CONFIRM, token, now=timezone.now())
    return redirect("dsr:confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    try:
        unconfirmed_id = UUID(session_grants.stored_token(request.session, emails.CONFIRM, now=now))
    except signed_links.BadLinkError:
        return render(request, "dsr/intake/link_invalid.html", status=410)
    unconfirmed_request = UnconfirmedRequest.objects.live(now).filter(pk=unconfirmed_id).first()
    if unconfirmed_request is None:
        return redirect("dsr:request", unconfirmed_id)
    mandate = mandate_of(unconfirmed_request)
    keys: set[UUID] = set() if mandate else Browser.of(request).keys
    form = BrowserForm(request.POST or None) if keys else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _confirmed(request, unconfirmed_id, keys if form and form.is_mine() else set())
    return render(
        request,
        "dsr/intake/confirm.html",
        {"unconfirmed_request": unconfirmed_request, "form": form, "mandate": mandate},
    )


def _confirmed(request: HttpRequest, unconfirmed_id: UUID, visitors: set[UUID]) -> HttpResponse:
    now = timezone.now()
    try:
        subject_request = submission.confirm(unconfirmed_id, visitors=visitors, browser=request, now=now)
    except submission.NothingToConfirmError:
        return redirect("dsr:request", unconfirmed_id)
    if submitter_of(subject_request) != (reader := reader_of(subject_request)):
        return render(
            request, "dsr/intake/handed_over.html", {"subject_request": subject_request, "reader": reader}
        )
    session_grants.grant(request.session, emails.FOLLOW, unconfirmed_id, now=now)
    return redirect("dsr:request", unconfirmed_id)
