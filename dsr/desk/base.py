from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dsr.requests.models import SubjectRequest
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


class RequestAdminBase(ReadOnlyAuditedAdmin):
    """Permission, and the frame of every page of the desk about one request."""

    def get_subject_request(self, request: HttpRequest, pk: UUID, permission: str) -> SubjectRequest:
        """Raises PermissionDenied before it looks: nobody learns whether there is such a request."""
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
        everywhere = {**self.admin_site.each_context(request), "subject_request": subject_request}
        return render(request, template, {**everywhere, **facts}, status=status)
