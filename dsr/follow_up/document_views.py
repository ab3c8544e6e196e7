"""Sending a document, the proof of identity that was asked for, or the mandate again."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dsr.follow_up.forms import MANDATE_FORMS, DocumentUploadForm, EnclosureForm, IdentityProofForm
from dsr.follow_up.rate_limits import UPLOADS_OF_CLIENT
from dsr.follow_up.views import granted_request, locked
from dsr.identity import documents, mandates
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules import proofs
from dsr.rules.transitions import IllegalTransitionError, Transition, is_legal
from privacy.files import drafts
from privacy.web import rate_limits

log = logging.getLogger(__name__)
DECIDED = _("This request has just been decided: nothing can be added to it.")
TOO_MANY = _("This request has many documents already. Write us a message: we find another way.")
NOT_STORED = _(
    "Your document could not be stored, through a fault of ours. Please send it again in a moment."
)
Send = Callable[[UUID, DocumentUploadForm, datetime], None]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    if not is_legal(found.state, Transition.ADD_DOCUMENT) and request.method != "POST":
        return redirect("dsr:request", pk)
    return _sending(request, found, EnclosureForm, _add)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where no proof was asked for, there is no such page."""
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    if not (is_legal(found.state, Transition.SUBMIT_PROOF) and documents.may_submit_proof(found)):
        return redirect("dsr:request", pk)
    return _sending(request, found, IdentityProofForm, _submit_proof)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Needed where the document was destroyed before anybody had checked it."""
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    represented = mandate_of(found)
    if represented is None or not mandates.is_resubmission_needed(found):
        return redirect("dsr:request", pk)
    return _sending(request, found, MANDATE_FORMS[represented.capacity], _resubmit)


def _sending(
    request: HttpRequest, subject_request: SubjectRequest, form_class: type[DocumentUploadForm], send: Send
) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _page(
            request,
            subject_request,
            form_class(initial=model_to_dict(subject_request, fields=form_class.known), now=now),
        )
    if not UPLOADS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    form = form_class(request.POST, request.FILES, now=now)
    if form.is_valid() and _sent(form, subject_request, send, now):
        return redirect(resolve_url("dsr:request", subject_request.pk) + "#documents")
    form.keep_documents(email=subject_request.email)
    return _page(request, subject_request, form, status=422)


def _sent(form: DocumentUploadForm, subject_request: SubjectRequest, send: Send, now: datetime) -> bool:
    """False where it failed: then the form says why."""
    try:
        send(subject_request.pk, form, now)
    except drafts.DraftGoneError:
        for name in form.names():
            form.report_missing_document(name)
    except (IllegalTransitionError, documents.ProofNotRequestedError, mandates.MandateNotWantedError):
        form.add_error(None, ValidationError(DECIDED))
    except documents.TooManyDocumentsError:
        form.add_error(None, ValidationError(TOO_MANY))
    except OSError:
        log.exception("a document could not be stored")
        form.add_error(None, ValidationError(NOT_STORED))
    return not form.errors


def _page(
    request: HttpRequest, subject_request: SubjectRequest, form: DocumentUploadForm, status: int = 200
) -> HttpResponse:
    facts = {"proofs": proofs.accepted(), "not_accepted": proofs.NOT_ACCEPTED}
    return render(
        request, form.page, {**facts, "subject_request": subject_request, "form": form}, status=status
    )


def _add(pk: UUID, form: DocumentUploadForm, now: datetime) -> None:
    documents.add(pk, form.documents()[0], now=now)


def _submit_proof(pk: UUID, form: DocumentUploadForm, now: datetime) -> None:
    data = form.cleaned_data
    documents.submit_proof(pk, form.documents(), words=data["words"], address=data["postal_address"], now=now)


def _resubmit(pk: UUID, form: DocumentUploadForm, now: datetime) -> None:
    data = form.cleaned_data
    mandates.resubmit(pk, data["mandate"], death_certificate=data.get("death_certificate"), now=now)
