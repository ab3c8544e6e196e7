"""Letters at the desk: previewed before they leave, and shown again as they left."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dsr.answer import setbacks
from dsr.desk import admin_actions
from dsr.desk.admin_action import AdminAction
from dsr.desk.base import RequestAdminBase
from dsr.desk.forms.base import AdminActionForm
from dsr.desk.too_late import TOO_LATE
from dsr.messages.letter_models import SentLetter
from dsr.requests.models import SubjectRequest
from dsr.review.preview import MessagePreview, NothingSentError, preview_message
from privacy.audit import trail
from privacy.files import storage
from privacy.web.headers import FILE_POLICY


class LettersMixin(RequestAdminBase):
    def get_urls(self) -> list[URLPattern]:
        """For each action that writes, its preview; and each letter sent."""
        wrap = self.admin_site.admin_view
        found = [
            path(
                "<uuid:pk>/letters/<int:number>/",
                wrap(require_safe(self.letter)),
                name="dsr_subjectrequest_sent",
            ),
        ]
        for action in admin_actions.ADMIN_ACTIONS:
            if action.sends_message:
                shown, printed = (
                    partial(self.preview, action=action),
                    partial(self.preview_letter, action=action),
                )
                found += [
                    path(
                        f"<uuid:pk>/{action.path}/preview/",
                        wrap(require_POST(shown)),
                        name=action.preview_name,
                    ),
                    path(
                        f"<uuid:pk>/{action.path}/letter/",
                        wrap(require_POST(printed)),
                        name=action.letter_name,
                    ),
                ]
        return [*found, *super().get_urls()]

    def letter(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        """On record."""
        subject_request = self.get_subject_request(request, pk, "view")
        sent = get_object_or_404(SentLetter.objects.live(timezone.now()), request=subject_request, pk=number)
        response = storage.own_attachment(sent.file)
        trail.record("dsr.letter.viewed", now=timezone.now(), obj=sent, about=subject_request.pseudonym())
        return response

    def preview(self, request: HttpRequest, pk: UUID, *, action: AdminAction) -> HttpResponse:
        """What one button would send, with the button once more."""
        subject_request = self.get_subject_request(request, pk, "change")
        form = action.form(subject_request, request.POST)
        facts = {
            "action": action,
            "form": form,
            "seen": request.POST.get("seen", ""),
            "title": action.transition.label,
        }
        if not form.is_valid():
            return self.page(request, "admin/dsr/action.html", subject_request, facts, status=422)
        found = self._previewed(request, subject_request, action, form)
        if found is None:
            return redirect("admin:dsr_subjectrequest_change", subject_request.pk)
        return self.page(request, "admin/dsr/preview.html", subject_request, {**facts, "found": found})

    def preview_letter(self, request: HttpRequest, pk: UUID, *, action: AdminAction) -> HttpResponse:
        subject_request = self.get_subject_request(request, pk, "change")
        form = action.form(subject_request, request.POST)
        found = self._previewed(request, subject_request, action, form) if form.is_valid() else None
        if found is None:
            return redirect("admin:dsr_subjectrequest_change", subject_request.pk)
        headers = {
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=found.name),
            "Content-Security-Policy": FILE_POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(found.letter, content_type="application/pdf", headers=headers)

    def _previewed(
        self,
        request: HttpRequest,
        subject_request: SubjectRequest,
        action: AdminAction,
        form: AdminActionForm,
    ) -> MessagePreview | None:
        now = timezone.now()
        self.note_view(request, subject_request)  # what would be sent begins with the person's name
        try:
            return preview_message(
                subject_request.pk,
                partial(action.execute, subject_request.pk, now=now, **form.arguments()),
                now=now,
            )
        except (NothingSentError, setbacks.ReturnedToReviewError, *TOO_LATE):
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return None
