"""Letters that came by post: entering them, their scans, and the copy to enclose with the answer."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dsr.answer import delivery
from dsr.desk.base import RequestAdminBase
from dsr.desk.forms.letter_entry import LetterEntryForm
from dsr.intake import by_post
from dsr.intake.models import IncomingLetter
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import IllegalTransitionError
from privacy.audit import trail
from privacy.files import drafts, storage
from privacy.web import recent_sign_in


class LetterEntryMixin(RequestAdminBase):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        both = require_http_methods(["GET", "HEAD", "POST"])
        scan = require_safe(recent_sign_in.required(self.scan))  # often with a copy of a card
        copy = require_POST(recent_sign_in.required(self.copy))
        return [
            path("enter/", wrap(both(self.enter)), name="dsr_subjectrequest_enter"),
            path("<uuid:pk>/scans/<int:number>/", wrap(scan), name="dsr_subjectrequest_scan"),
            path("<uuid:pk>/copy/", wrap(copy), name="dsr_subjectrequest_copy"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may_enter = request.user.has_perm("dsr.change_subjectrequest")
        return super().changelist_view(request, {"may_enter": may_enter, **(extra_context or {})})

    def enter(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("dsr.change_subjectrequest"):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = LetterEntryForm(
            request.POST if is_sent else None, request.FILES if is_sent else None, now=timezone.now()
        )
        if is_sent and form.is_valid() and (found := self._entered(form)):
            messages.success(
                request, gettext("The letter is entered as request %(reference)s.") % {"reference": found}
            )
            return redirect("admin:dsr_subjectrequest_change", found.pk)
        if is_sent:
            form.keep_documents(email=form.cleaned_data.get("email", ""))
        facts = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": gettext("A letter that came by post"),
        }
        return render(request, "admin/dsr/letter_entry.html", facts, status=422 if is_sent else 200)

    def scan(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        """On record."""
        subject_request, now = self.get_subject_request(request, pk, "change"), timezone.now()
        letter = get_object_or_404(IncomingLetter.objects.live(now), request=subject_request, pk=number)
        trail.record("dsr.document.opened", now=now, obj=subject_request, about=subject_request.pseudonym())
        return storage.attachment(letter.scan)

    def copy(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The package, for a person who is answered by post. On record."""
        subject_request = self.get_subject_request(request, pk, "change")
        if not request.user.has_perm("privacy.see_address"):  # it tells the person their own IP addresses
            raise PermissionDenied
        try:
            return delivery.copy_to_post(subject_request.pk, now=timezone.now())
        except delivery.PackageNotReadyError:
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return redirect("admin:dsr_subjectrequest_change", subject_request.pk)

    def _entered(self, form: LetterEntryForm) -> SubjectRequest | None:
        """None where something is wrong: then the form says what."""
        now = timezone.now()
        try:
            if form.found is None:
                return by_post.enter(form.writer(), form.letter(), now=now)
            by_post.attach(form.found.pk, form.letter(), now=now)
        except (IllegalTransitionError, by_post.LetterDateError):
            form.add_error(None, gettext("This is not possible (any more): the page shows what is."))
        except by_post.LetterAlreadyEnteredError as first:
            return first.request
        except drafts.DraftGoneError:
            for name in ("scan", "document"):
                if form.cleaned_data.get(name):
                    form.report_missing_document(name)
        return None if form.errors else form.found
