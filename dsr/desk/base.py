"""What every page of the desk about one request begins with."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dsr.requests.models import SubjectRequest
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


class RequestAdminBase(ReadOnlyAuditedAdmin):
    """Who may come in, and the frame around what they see."""

    def get_subject_request(self, request: HttpRequest, pk: UUID, permission: str) -> SubjectRequest:
        """The request, for those who may see or change it; for others, who knows whether it is there."""
        if not request.user.has_perm(f"dsr.{permission}_subjectrequest"):
            raise PermissionDenied
        found: SubjectRequest = get_object_or_404(self.get_queryset(request), pk=pk)
        return found

    def page(
        self,
        request: HttpRequest,
        template: str,
        subject_request: SubjectRequest,
        facts: dict[str, object],
        status: int = 200,
    ) -> HttpResponse:
        """A page of the desk about one request."""
        everywhere = {**self.admin_site.each_context(request), "subject_request": subject_request}
        return render(request, template, {**everywhere, **facts}, status=status)
