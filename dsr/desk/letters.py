"""The letters of a request at the desk: read before they leave, and again as they left."""

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
from dsr.answer.models import Telling
from dsr.desk import actions
from dsr.desk.action import Verb
from dsr.desk.base import RequestDesk
from dsr.desk.forms.base import DeedForm
from dsr.desk.too_late import TOO_LATE
from dsr.messages.letter_models import SentLetter
from dsr.requests.models import SubjectRequest
from dsr.review.preview import NothingSent, Rehearsal, rehearse
from privacy.audit import trail
from privacy.files import storage


class LettersMixin(RequestDesk):
    """Adds the addresses of letters to the request's page."""

    def get_urls(self) -> list[URLPattern]:
        """For each verb that writes, what it would send; and each letter sent."""
        wrap = self.admin_site.admin_view
        found = [
            path(
                "<uuid:pk>/letters/<int:number>/",
                wrap(require_safe(self.letter)),
                name="dsr_subjectrequest_sent",
            ),
            path(
                "<uuid:pk>/proofs/<int:number>/",
                wrap(require_safe(self.proof)),
                name="dsr_subjectrequest_proof",
            ),
        ]
        for verb in actions.VERBS:
            if verb.writes:
                shown, printed = partial(self.preview, verb=verb), partial(self.preview_letter, verb=verb)
                found += [
                    path(
                        f"<uuid:pk>/{verb.path}/preview/", wrap(require_POST(shown)), name=verb.preview_name
                    ),
                    path(
                        f"<uuid:pk>/{verb.path}/letter/", wrap(require_POST(printed)), name=verb.letter_name
                    ),
                ]
        return [*found, *super().get_urls()]

    def letter(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        """A letter as it was sent. The look is on record."""
        asked = self.asked(request, pk, "view")
        sent = get_object_or_404(SentLetter.objects.live(timezone.now()), request=asked, pk=number)
        trail.record("dsr.letter.viewed", now=timezone.now(), obj=sent, about=asked.pseudonym())
        return storage.attachment(sent.file)

    def proof(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        """The proof that a recipient was told. The look is on record."""
        asked = self.asked(request, pk, "change")
        told = get_object_or_404(
            Telling.objects.live(timezone.now()), request=asked, pk=number, file__isnull=False
        )
        trail.record("dsr.letter.viewed", now=timezone.now(), obj=told, about=asked.pseudonym())
        return storage.attachment(told.file)

    def preview(self, request: HttpRequest, pk: UUID, *, verb: Verb) -> HttpResponse:
        """What one button would send, in words, with the button once more."""
        asked = self.asked(request, pk, "change")
        form = verb.form(asked, request.POST)
        facts = {"verb": verb, "form": form, "seen": request.POST.get("seen", ""), "title": verb.move.label}
        if not form.is_valid():
            return self.page(request, "admin/dsr/verb.html", asked, facts, status=422)
        found = self._rehearsed(request, asked, verb, form)
        if found is None:
            return redirect("admin:dsr_subjectrequest_change", asked.pk)
        return self.page(request, "admin/dsr/preview.html", asked, {**facts, "found": found})

    def preview_letter(self, request: HttpRequest, pk: UUID, *, verb: Verb) -> HttpResponse:
        """The letter that one button would send, as PDF."""
        asked = self.asked(request, pk, "change")
        form = verb.form(asked, request.POST)
        found = self._rehearsed(request, asked, verb, form) if form.is_valid() else None
        if found is None:
            return redirect("admin:dsr_subjectrequest_change", asked.pk)
        headers = {
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=found.name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(found.letter, content_type="application/pdf", headers=headers)

    def _rehearsed(
        self, request: HttpRequest, asked: SubjectRequest, verb: Verb, form: DeedForm
    ) -> Rehearsal | None:
        now = timezone.now()
        try:
            return rehearse(asked.pk, partial(verb.act, asked.pk, now=now, **form.said()), now=now)
        except (NothingSent, setbacks.Returned, *TOO_LATE):
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return None
