"""What is held about the person who asks, before the answer leaves: each look is on record."""

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

from dsr.desk.base import RequestDesk
from dsr.package import archive, redaction, redaction_leftovers, search
from dsr.package.redaction_models import TextChanged
from dsr.package.sections import Record, Section
from dsr.requests.item_models import Reserve
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Kind
from dsr.rules.states import IllegalMove, Move
from privacy.audit import trail
from privacy.datamap.declarations import Category

A_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Fate:
    """What the erasure makes of one holding: records that stay, by their number, and how many go."""

    section: Section
    whole: Reserve | None
    kept: list[tuple[int, Reserve]]

    @property
    def gone(self) -> int:
        return len(self.section.records) - len(self.kept)


class HeldMixin(RequestDesk):
    """The pages that show what is held, and where words are struck out of it."""

    def get_urls(self) -> list[URLPattern]:
        """One address for what is held, one for each text of it."""
        view, words = self.admin_site.admin_view, "<uuid:pk>/strike/<str:holding>/<str:key>/<str:field>/"
        strike = require_http_methods(["GET", "HEAD", "POST"])(self.strike)
        return [
            path("<uuid:pk>/held/", view(require_safe(self.held)), name="dsr_subjectrequest_held"),
            path(words, view(strike), name="dsr_subjectrequest_strike"),
            *super().get_urls(),
        ]

    def held(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """All that is held about the person, as the package will tell it."""
        asked, now = self.asked(request, pk, "view"), timezone.now()
        preview = archive.preview(asked, now=now)
        found = preview.sections
        if not request.user.has_perm("privacy.see_address"):
            found = search.hide(found, Category.IP_ADDRESS)
        self._note(asked, {each.told.label: len(each.records) for each in found if each.records})
        facts = {
            "sections": found,
            "may_strike": self._may_strike(request, asked),
            "stale": preview.stale,
            "traces": redaction_leftovers.find(asked, replace(preview, sections=found), now=now),
            "fates": fates(asked, found) if Kind.ERASURE in asked.kinds else [],
            "withheld": preview.reserves,
            "title": gettext("What is held"),
        }
        return self.page(request, "admin/dsr/held.html", asked, facts)

    def strike(self, request: HttpRequest, pk: UUID, holding: str, key: str, field: str) -> HttpResponse:
        """One text about the person, word by word, to mark those about other people."""
        asked, now = self.asked(request, pk, "change"), timezone.now()
        try:
            found = redaction.text(asked, holding, key, field, now=now)
        except redaction.NoSuchText:
            raise Http404 from None
        if not self._may_strike(request, asked):
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return redirect("admin:dsr_subjectrequest_change", asked.pk)
        if request.method == "POST" and self._struck(request, asked, found):
            return redirect("admin:dsr_subjectrequest_held", asked.pk)
        self._note(asked, {holding: 1})
        facts = {
            "text": found,
            "words": redaction.words(asked, found),
            "mark": redaction.mark(),
            "last": redaction.last_mark(asked, found),
            "title": found.title,
        }
        return self.page(request, "admin/dsr/strike.html", asked, facts)

    def _may_strike(self, request: HttpRequest, asked: SubjectRequest) -> bool:
        moves = decisions.possible_moves(asked, now=timezone.now())
        return Move.STRIKE in moves and request.user.has_perm("dsr.change_subjectrequest")

    def _struck(self, request: HttpRequest, asked: SubjectRequest, found: redaction.Text) -> bool:
        chosen = {int(word) for word in request.POST.getlist("words") if A_NUMBER.fullmatch(word)}
        seal = request.POST.get("seal", "")
        try:
            last = request.POST.get("last")
            redaction.strike(asked.pk, found=found, seal=seal, last=last, chosen=chosen, now=timezone.now())
        except redaction.MarkedMeanwhile:
            words = gettext(
                "Somebody else has just marked words in this text: look at theirs, then mark yours."
            )
            messages.error(request, words)
            return False
        except TextChanged:
            messages.error(
                request,
                gettext(
                    "This text has changed since you opened it, so nothing was struck out. "
                    "Here it is as it stands now."
                ),
            )
            return False
        except IllegalMove:
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
            return True
        messages.success(request, gettext("Done: %(deed)s.") % {"deed": Move.STRIKE.label})
        return True

    def _note(self, asked: SubjectRequest, found: dict[str, int]) -> None:
        """Write down that somebody looked, with how many records there were."""
        trail.record(
            "dsr.holdings.viewed", now=timezone.now(), obj=asked, about=asked.pseudonym(), detail=found
        )


def fates(asked: SubjectRequest, found: list[Section]) -> list[Fate]:
    """What the erasure does to each holding with something in it."""
    reserves = Reserve.objects.filter(item__request=asked, item__kind=Kind.ERASURE)
    less = search.Less(list(reserves))
    return [
        Fate(each, less.whole(each.told.label), _numbered(each.records, less.single(each.told.label)))
        for each in found
        if each.records
    ]


def _numbered(records: list[Record], kept: dict[str, Reserve]) -> list[tuple[int, Reserve]]:
    return [(number, kept[each.key]) for number, each in enumerate(records, start=1) if each.key in kept]
