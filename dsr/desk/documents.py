"""Documents that the person sent: downloads on record, for the controller alone."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dsr.desk.base import RequestAdminBase
from dsr.identity import documents
from privacy.files import storage
from privacy.web import recent_sign_in


def addresses(desk: RequestAdminBase) -> list[URLPattern]:
    @require_safe
    @recent_sign_in.required
    def open_document(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        subject_request = desk.get_subject_request(request, pk, "change")
        try:
            response = documents.open_document(subject_request, key, now=timezone.now())
        except storage.UnreadableFileError:
            messages.error(request, gettext("This file cannot be read any more."))
            return redirect("admin:dsr_subjectrequest_change", pk)
        if response is None:
            raise Http404
        return response

    view = desk.admin_site.admin_view(open_document)
    return [path("<uuid:pk>/papers/<str:key>/", view, name="dsr_subjectrequest_document")]
