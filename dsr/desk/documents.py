"""Documents that the person sent: downloads on record, for the controller alone; a proof of identity for a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dsr.desk.base import RequestAdminBase
from dsr.identity import documents
from dsr.requests.models import SubjectRequest
from privacy.audit import reasons
from privacy.files import storage
from privacy.web import recent_sign_in


def addresses(desk: RequestAdminBase) -> list[URLPattern]:
    @require_http_methods(["GET", "HEAD", "POST"])
    @recent_sign_in.required
    def open_document(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        subject_request, now = desk.get_subject_request(request, pk, "change"), timezone.now()
        document = documents.find(subject_request, key)
        if document is None:
            raise Http404
        if request.method == "POST" or documents.needs_reason(subject_request, document, now=now):
            return _ask(desk, request, subject_request, document)
        try:
            return documents.open_document(subject_request, document, now=now)
        except storage.UnreadableFileError as error:
            messages.error(request, storage.why_closed(error))
            return redirect("admin:dsr_subjectrequest_change", pk)

    view = desk.admin_site.admin_view(open_document)
    return [path("<uuid:pk>/papers/<str:key>/", view, name="dsr_subjectrequest_document")]


def _ask(
    desk: RequestAdminBase,
    request: HttpRequest,
    subject_request: SubjectRequest,
    document: documents.SentDocument,
) -> HttpResponse:
    """The reason, written down by POST."""
    form = reasons.ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        documents.give_reason(subject_request, now=timezone.now(), **form.cleaned_data)
        said = gettext("The proof of identity is open to you for an hour. Your reason is on record.")
        messages.success(request, said)
        return redirect("admin:dsr_subjectrequest_change", subject_request.pk)
    facts: dict[str, object] = {"form": form, "title": document.label}
    return desk.page(request, "admin/dsr/reason.html", subject_request, facts, 422 if form.is_bound else 200)
