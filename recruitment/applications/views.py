import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.preferences import form_consents
from privacy.companies import collecting
from privacy.companies.collecting import CollectionFacts
from privacy.files import drafts
from privacy.web import rate_limits, request_facts
from recruitment.applications import applications
from recruitment.applications.forms import ApplicationForm
from recruitment.offers.models import Offer

FORM, FORM_KEY = "recruitment/applications/apply.html", "recruitment.application"
NOT_STORED = _(
    "Your application could not be recorded, through a fault of ours. Please send it again in a moment."
)
TOO_MANY_FILES = _(
    "Very many files came from your network within an hour. Please choose yours again in a few minutes."
)
log = logging.getLogger(__name__)
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@form_methods
def apply_to(request: HttpRequest, slug: str) -> HttpResponse:
    """When the offer closes while somebody writes, they may send the same as a spontaneous application."""
    now = timezone.now()
    found = get_object_or_404(Offer.objects.published(now), slug=slug)
    if found.is_open(now):
        return _apply(request, found)
    if request.method != "POST":
        return redirect("recruitment:offer", slug=slug)
    form = _filled_in(request, now)
    form.add_error(
        None,
        _("This offer closed while you were writing. You can send the same as a spontaneous application."),
    )
    return _redisplay(request, form, None)


@form_methods
def apply(request: HttpRequest) -> HttpResponse:
    return _apply(request, None)


@require_safe
def applied(request: HttpRequest) -> HttpResponse:
    return render(request, "recruitment/applications/applied.html")


def _apply(request: HttpRequest, found: Offer | None) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _show(request, ApplicationForm(collection=_collection(request, now), now=now), found)
    form = _filled_in(request, now)
    if not form.is_valid():
        return _redisplay(request, form, found)
    if rate_limits.is_too_often(form, request, now=now):
        return _redisplay(request, form, found, status=429)
    return _receive(request, form, found, now)


def _receive(request: HttpRequest, form: ApplicationForm, found: Offer | None, now: datetime) -> HttpResponse:
    try:
        applications.apply(
            form.as_applicant(),
            cv=form.cleaned_data["cv"],
            offer=found,
            submission=_submission(request, form),
            now=now,
        )
    except drafts.DraftGoneError:
        form.report_missing_document("cv")
        return _redisplay(request, form, found)
    except OSError:
        log.exception("an application could not be stored")
        form.add_error(None, NOT_STORED)
        return _show(request, form, found, status=503)
    if form.cleaned_data["opt_in"]:
        form_consents.remember(request, email=form.cleaned_data["email"], given_at=now)
        return redirect(f"{reverse('recruitment:applied')}?asked")
    return redirect("recruitment:applied")


def _filled_in(request: HttpRequest, now: datetime) -> ApplicationForm:
    """The form sent.

    Over the limit of uploads its document is dropped and asked for again, before it costs an examination.
    """
    collection = _collection(request, now)
    if request.FILES and not rate_limits.UPLOADS_OF_CLIENT.take(rate_limits.client(request), now=now):
        form = ApplicationForm(request.POST, collection=collection, now=now)
        form.add_error("cv", TOO_MANY_FILES)
        return form
    return ApplicationForm(request.POST, request.FILES, collection=collection, now=now)


def _collection(request: HttpRequest, now: datetime) -> CollectionFacts:
    return collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)


def _submission(request: HttpRequest, form: ApplicationForm) -> applications.SubmissionContext:
    sentence = form.opt_in_sentence() if form.cleaned_data["opt_in"] else ""
    return applications.SubmissionContext(
        request.path, get_language() or "en", form.collection, opt_in=sentence
    )


def _redisplay(
    request: HttpRequest, form: ApplicationForm, found: Offer | None, *, status: int = 200
) -> HttpResponse:
    """Show the form again, with what was typed and a CV that passed its examination."""
    form.keep_documents(email=form.cleaned_data.get("email", ""))
    return _show(request, form, found, status=status)


def _show(
    request: HttpRequest, form: ApplicationForm, found: Offer | None, *, status: int = 200
) -> HttpResponse:
    return render(request, FORM, {"form": form, "offer": found}, status=status)
