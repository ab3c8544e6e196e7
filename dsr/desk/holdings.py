"""What is held about the person, shown before the answer leaves. Each look is on record."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dsr.desk.base import RequestAdminBase
from dsr.package import archive, redaction, redaction_leftovers, search
from dsr.package.redaction_models import TextChangedError
from dsr.package.sections import PackageRecord, Section
from dsr.requests.item_models import Exemption
from dsr.requests.models import SubjectRequest
from dsr.review.facts import possible_transitions
from dsr.rules.rights import Right
from dsr.rules.transitions import IllegalTransitionError, Transition
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.web import recent_sign_in

A_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class ErasurePreview:
    """For one holding: the records that stay, by their number, and how many go."""

    section: Section
    whole: Exemption | None
    kept: list[tuple[int, Exemption]]

    @property
    def gone(self) -> int:
        return len(self.section.records) - len(self.kept)


class HoldingsMixin(RequestAdminBase):
    """The pages that show what is held, and where words are redacted."""

    def get_urls(self) -> list[URLPattern]:
        view, words = self.admin_site.admin_view, "<uuid:pk>/strike/<str:holding>/<str:key>/<str:field>/"
        held = require_safe(recent_sign_in.required(self.holdings))
        redact = require_http_methods(["GET", "HEAD", "POST"])(recent_sign_in.required(self.redact))
        return [
            path("<uuid:pk>/held/", view(held), name="dsr_subjectrequest_holdings"),
            path(words, view(redact), name="dsr_subjectrequest_redact"),
            *super().get_urls(),
        ]

    def holdings(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """All that is held about the person, as the package will show it."""
        subject_request, now = self.get_subject_request(request, pk, "view"), timezone.now()
        preview = archive.preview(subject_request, now=now)
        found = preview.sections
        if not request.user.has_perm("privacy.see_address"):
            found = search.hide(found, Category.IP_ADDRESS)
        self._note(
            subject_request, {each.information.label: len(each.records) for each in found if each.records}
        )
        facts = {
            "sections": found,
            "may_redact": self._may_redact(request, subject_request),
            "stale": preview.stale,
            "leftovers": redaction_leftovers.find(subject_request, replace(preview, sections=found), now=now),
            "erasures": preview_erasure(subject_request, found)
            if Right.ERASURE in subject_request.rights
            else [],
            "withheld": preview.exemptions,
            "title": gettext("What is held"),
        }
        return self.page(request, "admin/dsr/holdings.html", subject_request, facts)

    def redact(self, request: HttpRequest, pk: UUID, holding: str, key: str, field: str) -> HttpResponse:
        """One text about the person, word by word, to mark those about other people."""
        subject_request, now = self.get_subject_request(request, pk, "change"), timezone.now()
        try:
            found = redaction.text(subject_request, holding, key, field, now=now)
        except redaction.TextNotFoundError:
            raise Http404 from None
        if not self._may_redact(request, subject_request):
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return redirect("admin:dsr_subjectrequest_change", subject_request.pk)
        if request.method == "POST" and self._redact_words(request, subject_request, found):
            return redirect("admin:dsr_subjectrequest_holdings", subject_request.pk)
        self._note(subject_request, {holding: 1})
        facts = {
            "text": found,
            "words": redaction.words(subject_request, found),
            "mark": redaction.mark(),
            "last": redaction.last_mark(subject_request, found),
            "title": found.title,
        }
        return self.page(request, "admin/dsr/redact.html", subject_request, facts)

    def _may_redact(self, request: HttpRequest, subject_request: SubjectRequest) -> bool:
        possible = possible_transitions(subject_request, now=timezone.now())
        return Transition.REDACT in possible and request.user.has_perm("dsr.change_subjectrequest")

    def _redact_words(
        self, request: HttpRequest, subject_request: SubjectRequest, found: redaction.RecordText
    ) -> bool:
        chosen = {int(word) for word in request.POST.getlist("words") if A_NUMBER.fullmatch(word)}
        text_hash = request.POST.get("text_hash", "")
        try:
            last = request.POST.get("last")
            redaction.redact(
                subject_request.pk,
                found=found,
                text_hash=text_hash,
                last=last,
                chosen=chosen,
                now=timezone.now(),
            )
        except redaction.RedactedMeanwhileError:
            words = gettext(
                "Somebody else has just marked words in this text: look at theirs, then mark yours."
            )
            messages.error(request, words)
            return False
        except TextChangedError:
            messages.error(
                request,
                gettext(
                    "This text has changed since you opened it, so nothing was redacted. Here it is as it stands now."
                ),
            )
            return False
        except IllegalTransitionError:
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return True
        messages.success(request, gettext("Done: %(action)s.") % {"action": Transition.REDACT.label})
        return True

    def _note(self, subject_request: SubjectRequest, found: dict[str, int]) -> None:
        """Put the look on record, with how many records there were."""
        trail.record(
            "dsr.holdings.viewed",
            now=timezone.now(),
            obj=subject_request,
            about=subject_request.pseudonym(),
            detail=found,
        )


def preview_erasure(subject_request: SubjectRequest, found: list[Section]) -> list[ErasurePreview]:
    exemptions = Exemption.objects.filter(item__request=subject_request, item__right=Right.ERASURE)
    omissions = search.Omissions(list(exemptions))
    return [
        ErasurePreview(
            each,
            omissions.whole(each.information.label),
            _numbered(each.records, omissions.single(each.information.label)),
        )
        for each in found
        if each.records
    ]


def _numbered(records: list[PackageRecord], kept: dict[str, Exemption]) -> list[tuple[int, Exemption]]:
    return [(number, kept[each.key]) for number, each in enumerate(records, start=1) if each.key in kept]
