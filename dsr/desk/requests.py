"""The queue of requests and the page of each one."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dsr.answer import setbacks
from dsr.desk import actions as verbs
from dsr.desk import documents, queue, statistics
from dsr.desk.action import Verb
from dsr.desk.entry import EnteringMixin
from dsr.desk.held import HeldMixin
from dsr.desk.letters import LettersMixin
from dsr.desk.queue import AssignedTo, DueWithin, KindAsked, WhatIsOpen, due
from dsr.desk.too_late import TOO_LATE
from dsr.identity import documents as sent
from dsr.lifecycle import transitions
from dsr.package import redaction_leftovers
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import IN_LAW, Kind
from privacy.audit import labels
from privacy.mail import task_queue


@admin.register(SubjectRequest)
class SubjectRequestAdmin(EnteringMixin, LettersMixin, HeldMixin):
    """What is due first stands first; whatever is done to a request has a button of its own."""

    list_display = ("reference", "due", "kinds_asked", "full_name", "state", "assigned", "received_at")
    list_filter = (WhatIsOpen, KindAsked, DueWithin, AssignedTo, "state")
    search_fields = ("=reference", "=email", "surname")
    ordering = queue.DUE_FIRST
    show_full_result_count = False
    list_per_page = 50
    actions = None
    change_form_template = "admin/dsr/request.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return queue.named(super().get_queryset(request)).prefetch_related("identity_checks")

    def get_urls(self) -> list[URLPattern]:
        """One address for each verb."""
        site = self.admin_site
        buttons = [
            path(
                f"<uuid:pk>/{verb.path}/",
                site.admin_view(require_POST(partial(self.act, verb=verb))),
                name=verb.url_name,
            )
            for verb in verbs.VERBS
        ]
        return [*statistics.addresses(self), *buttons, *documents.addresses(self), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The queue."""
        return super().changelist_view(
            request, {"title": gettext("Requests, what is due first"), **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The request's page."""
        asked = self.get_object(request, object_id)
        facts = self._facts(request, asked, timezone.now()) if asked else {}
        return super().change_view(request, object_id, form_url, {**facts, **(extra_context or {})})

    def act(self, request: HttpRequest, pk: UUID, *, verb: Verb) -> HttpResponse:
        """Do what one button says, or show its form again with what is wrong."""
        asked, now = self.asked(request, pk, "change"), timezone.now()
        form, seen = verb.form(asked, request.POST, request.FILES), seen_in(request, asked)
        facts = {"verb": verb, "form": form, "title": verb.move.label, "seen": seen}
        if not form.is_valid():
            return self.page(request, "admin/dsr/verb.html", asked, facts, status=422)
        try:
            _do(verb, asked, seen, now, form.said())
        except transitions.ChangedMeanwhile as changed:
            return self._changed(request, asked, facts, changed)
        except setbacks.Returned as returned:
            messages.error(request, returned.hindrance.label)
        except TOO_LATE:
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
        else:
            messages.success(request, gettext("Done: %(deed)s.") % {"deed": verb.move.label})
            _wake(verb)
        return redirect("admin:dsr_subjectrequest_change", asked.pk)

    def _changed(
        self,
        request: HttpRequest,
        asked: SubjectRequest,
        facts: dict[str, Any],
        changed: transitions.ChangedMeanwhile,
    ) -> HttpResponse:
        """Say what happened meanwhile; what was typed stays, for whoever still wants to send it."""
        asked.refresh_from_db()
        is_possible = facts["verb"] in verbs.possible(asked, now=timezone.now())
        facts.update(changes=changed.events, is_possible=is_possible, seen=transitions.last_seen(asked))
        return self.page(request, "admin/dsr/verb.html", asked, facts, status=409)

    @admin.display(description=_("rights"))
    def kinds_asked(self, asked: SubjectRequest) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ([IN_LAW[Kind(kind)]] for kind in asked.kinds))

    @admin.display(description=_("name"))
    def full_name(self, asked: SubjectRequest) -> str:
        return asked.full_name()

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, asked: SubjectRequest) -> str:
        return due(asked, paris_day(timezone.now()))

    @admin.display(description=_("assigned to"), ordering="assignee")
    def assigned(self, asked: SubjectRequest) -> str:
        return queue.assigned(asked)

    def _facts(self, request: HttpRequest, asked: SubjectRequest, now: datetime) -> dict[str, Any]:
        may_act = request.user.has_perm("dsr.change_subjectrequest")
        offered = verbs.possible(asked, now=now) if may_act else []
        return {
            "asked": asked,
            "seen": transitions.last_seen(asked),
            "due": due(asked, paris_day(now)),
            "assigned": queue.assigned(asked),
            "prepared": labels.actor_label(asked.prepared_by),
            "approved": labels.actor_label(asked.approved_by),
            "steps": asked.clock().steps(paris_day(now)),
            "items": asked.items.prefetch_related("reserves", "corrections", "strikes"),
            "traces": redaction_leftovers.count(asked, now=now) if may_act and asked.is_open else 0,
            "checks": asked.identity_checks.all(),
            "deeds": [(verb, verb.form(asked)) for verb in offered],
            "package": AccessPackage.objects.live(now).filter(request=asked).first(),
            "mandate": mandate_of(asked),
            "beside": SubjectRequest.objects.live(now).beside(asked),
            "papers": sent.papers_of(asked),
            "may_open": may_act,
            "letters": asked.messages.all(),
            "sent": asked.sent_letters.all(),
            "incoming": asked.incoming_letters.select_related("scan"),
            "notes": asked.notes.all(),
            "tellings": asked.tellings.select_related("file"),
            "today": paris_day(now),
            "events": asked.events.all(),
        }


def seen_in(request: HttpRequest, asked: SubjectRequest) -> int:
    """The last event that stood on the page on which a button was pressed; without one, everything was seen."""
    said = request.POST.get("seen", "")
    return (
        int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else transitions.last_seen(asked)
    )


def _do(verb: Verb, asked: SubjectRequest, seen: int, now: datetime, said: dict[str, Any]) -> None:
    """Act on what was seen. An obstacle that the deed wrote down stays written."""
    returned: setbacks.Returned | None = None
    with transitions.as_seen(asked.pk, seen):
        try:
            verb.act(asked.pk, now=now, **said)
        except setbacks.Returned as obstacle:
            returned = obstacle
    if returned:
        raise returned


def _wake(verb: Verb) -> None:
    if verb.wakes:
        task_queue.enqueue(verb.wakes)
