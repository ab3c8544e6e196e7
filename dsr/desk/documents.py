"""Documents that the person sent: opened on record, by the controller alone; a proof of identity for a reason.

Most are drawn anew when they come, and open as downloads. Those that are kept as they were sent are shown page by page;
their original is behind a warning.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dsr.desk.base import RequestAdminBase
from dsr.identity import documents
from dsr.requests.models import SubjectRequest
from privacy.audit import reasons
from privacy.files import rendering, storage
from privacy.web import recent_sign_in


def addresses(desk: RequestAdminBase) -> list[URLPattern]:
    @require_http_methods(["GET", "HEAD", "POST"])
    @recent_sign_in.required
    def open_document(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        subject_request, document = _found(desk, request, pk, key)
        if request.method == "POST" or documents.needs_reason(subject_request, document, now=timezone.now()):
            return _ask(desk, request, subject_request, document)
        answer = _show if document.is_as_sent else _download
        return answer(desk, request, subject_request, document)

    @require_safe
    @recent_sign_in.required
    def picture(request: HttpRequest, pk: UUID, key: str, number: int) -> HttpResponse:
        subject_request, document = _found(desk, request, pk, key)
        now = timezone.now()
        return rendering.picture_or_404(lambda: documents.picture(subject_request, document, number, now=now))

    @require_http_methods(["GET", "HEAD", "POST"])
    @recent_sign_in.required
    def original(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        subject_request, document = _found(desk, request, pk, key)
        if not document.is_as_sent:
            raise Http404
        answer = _download if request.method == "POST" else _warn
        return answer(desk, request, subject_request, document)

    begin, name = "<uuid:pk>/papers/<str:key>/", "dsr_subjectrequest_document"
    wrap = desk.admin_site.admin_view
    return [
        path(begin, wrap(open_document), name=name),
        path(f"{begin}pages/<int:number>/", wrap(picture), name=f"{name}_picture"),
        path(f"{begin}original/", wrap(original), name=f"{name}_original"),
    ]


def _found(
    desk: RequestAdminBase, request: HttpRequest, pk: UUID, key: str
) -> tuple[SubjectRequest, documents.SentDocument]:
    subject_request = desk.get_subject_request(request, pk, "change")
    document = documents.find(subject_request, key)
    if document is None:
        raise Http404
    return subject_request, document


def _show(
    desk: RequestAdminBase,
    request: HttpRequest,
    subject_request: SubjectRequest,
    document: documents.SentDocument,
) -> HttpResponse:
    number, now = rendering.page_number(request), timezone.now()
    try:
        facts = rendering.shown(lambda: documents.show(subject_request, document, number, now=now))
    except storage.UnreadableFileError as error:
        return _closed(request, subject_request, error)
    facts |= {"document": document, "title": document.label}
    return desk.page(request, "admin/dsr/document.html", subject_request, facts)


def _warn(
    desk: RequestAdminBase,
    request: HttpRequest,
    subject_request: SubjectRequest,
    document: documents.SentDocument,
) -> HttpResponse:
    facts: dict[str, object] = {"document": document, "title": gettext("Original of the document")}
    return desk.page(request, "admin/dsr/document_original.html", subject_request, facts)


def _download(
    desk: RequestAdminBase,
    request: HttpRequest,
    subject_request: SubjectRequest,
    document: documents.SentDocument,
) -> HttpResponse:
    try:
        return documents.open_document(subject_request, document, now=timezone.now())
    except storage.UnreadableFileError as error:
        return _closed(request, subject_request, error)


def _closed(
    request: HttpRequest, subject_request: SubjectRequest, error: storage.UnreadableFileError
) -> HttpResponse:
    messages.error(request, storage.why_closed(error))
    return redirect("admin:dsr_subjectrequest_change", subject_request.pk)


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
