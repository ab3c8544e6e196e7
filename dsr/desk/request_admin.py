"""The queue of requests and the page of each one."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
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

from dsr.after_death.models import Instructions
from dsr.answer import setbacks
from dsr.desk import admin_actions, documents, queue, statistics
from dsr.desk.admin_action import AdminAction
from dsr.desk.holdings import HoldingsMixin
from dsr.desk.letter_entry import LetterEntryMixin
from dsr.desk.letters import LettersMixin
from dsr.desk.queue import AssigneeFilter, DueWithinFilter, OpenFilter, RightFilter, due
from dsr.desk.too_late import TOO_LATE
from dsr.identity import documents as sent
from dsr.lifecycle import transitions
from dsr.package import archive, redaction_leftovers
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import IN_LAW, Right
from privacy.audit import labels
from privacy.mail import task_queue
from privacy.web import recent_sign_in


@admin.register(SubjectRequest)
class SubjectRequestAdmin(LetterEntryMixin, LettersMixin, HoldingsMixin):
    """Every action has a button and an address of its own."""

    list_display = ("reference", "due", "requested_rights", "initials", "state", "assigned", "received_at")
    list_filter = (OpenFilter, RightFilter, DueWithinFilter, AssigneeFilter, "state")
    search_fields = ("=reference", "=email", "surname")
    ordering = queue.DUE_FIRST
    show_full_result_count = False
    list_per_page = 50
    actions = None
    change_form_template = "admin/dsr/request.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SubjectRequest]":
        return queue.with_assignee_name(super().get_queryset(request)).prefetch_related("identity_checks")

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        buttons = [
            path(f"<uuid:pk>/{action.path}/", site.admin_view(self._button(action)), name=action.url_name)
            for action in admin_actions.ADMIN_ACTIONS
        ]
        return [*statistics.addresses(self), *buttons, *documents.addresses(self), *super().get_urls()]

    def _button(self, action: AdminAction) -> Callable[..., HttpResponse]:
        """What makes a package asks for a recent sign-in."""
        view = require_POST(partial(self.act, action=action))
        return recent_sign_in.required(view) if action.task else view

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": gettext("Requests, what is due first"), **(extra_context or {})}
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        subject_request = self.get_object(request, object_id)
        facts = self._facts(request, subject_request, timezone.now()) if subject_request else {}
        return super().change_view(request, object_id, form_url, {**facts, **(extra_context or {})})

    def act(self, request: HttpRequest, pk: UUID, *, action: AdminAction) -> HttpResponse:
        subject_request, now = self.get_subject_request(request, pk, "change"), timezone.now()
        form, seen = (
            action.form(subject_request, request.POST, request.FILES),
            seen_in(request, subject_request),
        )
        facts = {"action": action, "form": form, "title": action.transition.label, "seen": seen}
        if not form.is_valid():
            return self.page(request, "admin/dsr/action.html", subject_request, facts, status=422)
        try:
            _execute(action, subject_request, seen, now, form.arguments())
        except transitions.ChangedMeanwhileError as changed:
            return self._changed(request, subject_request, facts, changed)
        except setbacks.ReturnedToReviewError as returned:
            messages.error(request, returned.setback.label)
        except TOO_LATE:
            messages.error(request, gettext("This is not possible (any more): the page shows what is."))
        else:
            messages.success(request, gettext("Done: %(action)s.") % {"action": action.transition.label})
            _enqueue_task(action)
        return redirect("admin:dsr_subjectrequest_change", subject_request.pk)

    def _changed(
        self,
        request: HttpRequest,
        subject_request: SubjectRequest,
        facts: dict[str, object],
        changed: transitions.ChangedMeanwhileError,
    ) -> HttpResponse:
        """Show what happened meanwhile; what was typed stays, for whoever still wants to send it."""
        subject_request.refresh_from_db()
        is_possible = facts["action"] in admin_actions.available(subject_request, now=timezone.now())
        facts.update(
            changes=changed.events, is_possible=is_possible, seen=transitions.last_event_id(subject_request)
        )
        return self.page(request, "admin/dsr/action.html", subject_request, facts, status=409)

    @admin.display(description=_("rights"))
    def requested_rights(self, subject_request: SubjectRequest) -> str:
        return format_html_join(
            mark_safe("<br>"), "{}", ([IN_LAW[Right(right)]] for right in subject_request.rights)
        )

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, subject_request: SubjectRequest) -> str:
        return due(subject_request, paris_day(timezone.now()))

    @admin.display(description=_("assigned to"), ordering="assignee")
    def assigned(self, subject_request: SubjectRequest) -> str:
        return queue.assigned_masked(subject_request)

    def _facts(
        self, request: HttpRequest, subject_request: SubjectRequest, now: datetime
    ) -> dict[str, object]:
        may_act = request.user.has_perm("dsr.change_subjectrequest")
        offered = admin_actions.available(subject_request, now=now) if may_act else []
        mandate = mandate_of(subject_request)
        package = AccessPackage.objects.live(now).filter(request=subject_request).first()
        is_being_made = package is not None and package.built_at is None
        return {
            "subject_request": subject_request,
            "seen": transitions.last_event_id(subject_request),
            "due": due(subject_request, paris_day(now)),
            "assigned": queue.assigned(subject_request),
            "prepared": labels.actor_label(subject_request.prepared_by),
            "approved": labels.actor_label(subject_request.approved_by),
            "steps": subject_request.clock().steps(paris_day(now)),
            "items": subject_request.items.prefetch_related("exemptions", "corrections", "redactions"),
            "leftovers": redaction_leftovers.count(subject_request, now=now)
            if may_act and subject_request.is_open
            else 0,
            "checks": subject_request.identity_checks.all(),
            "available_actions": [(action, action.form(subject_request)) for action in offered],
            "package": package,
            "waits_for_scanner": is_being_made and archive.waits_for_scanner(subject_request, now=now),
            "mandate": mandate,
            "recorded_instructions": Instructions.objects.live(now).of_person_in(subject_request)
            if mandate and mandate.is_of_dead
            else [],
            "related_requests": SubjectRequest.objects.live(now).related_to(subject_request),
            "documents": sent.documents_of(subject_request),
            "may_open": may_act,
            "letters": subject_request.messages.all(),
            "sent": subject_request.sent_letters.all(),
            "incoming": subject_request.incoming_letters.select_related("scan"),
            "notes": subject_request.notes.all(),
            "recipient_notifications": subject_request.recipient_notifications.select_related("file"),
            "today": paris_day(now),
            "events": subject_request.events.all(),
        }


def seen_in(request: HttpRequest, subject_request: SubjectRequest) -> int:
    """The last event that stood on the page where the button was pressed; without one, everything counts as seen."""
    number = request.POST.get("seen", "")
    return (
        int(number)
        if number.isascii() and number.isdecimal() and len(number) < 19
        else transitions.last_event_id(subject_request)
    )


def _execute(
    action: AdminAction,
    subject_request: SubjectRequest,
    seen: int,
    now: datetime,
    arguments: dict[str, object],
) -> None:
    """Refuses to act on what was not seen. A setback that the action wrote down stays written."""
    returned: setbacks.ReturnedToReviewError | None = None
    with transitions.unchanged_since(subject_request.pk, seen):
        try:
            action.execute(subject_request.pk, now=now, **arguments)
        except setbacks.ReturnedToReviewError as error:
            returned = error
    if returned:
        raise returned


def _enqueue_task(action: AdminAction) -> None:
    if action.task:
        task_queue.enqueue(action.task.name)
