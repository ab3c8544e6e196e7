from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dsr.follow_up.views import granted_request, locked
from dsr.intake import letter_form
from dsr.requests.models import SubjectRequest


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    return _letter(None)


@never_cache
@require_safe
def filled_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For those who came by the link of the request."""
    found = granted_request(request, pk)
    return locked(request, pk) if found is None else _letter(found)


def _letter(subject_request: SubjectRequest | None) -> HttpResponse:
    content = letter_form.letter(get_language() or "en", subject_request)
    headers = {
        "Content-Disposition": 'attachment; filename="letter.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
