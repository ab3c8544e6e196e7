"""The audit trail in the admin: read only."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit import control, labels, reasons
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from privacy.web import recent_sign_in


class ActionFilter(admin.AllValuesFieldListFilter):
    """Filter by action, in words."""

    def label_for(self, value: str) -> str:
        return labels.action_label(value)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": self.label_for(str(choice["display"]))}


class RecordKindFilter(ActionFilter):
    """Filter by kind of record, in words."""

    def label_for(self, value: str) -> str:
        return labels.model_label(value)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAuditedAdmin):
    list_display = ("at", "done_by", "action_label", "record", "source")
    list_filter = (("action", ActionFilter), ("kind", RecordKindFilter))
    search_fields = ("=actor", "action", "=key", "=about")
    date_hierarchy = "at"
    show_full_result_count = False
    list_per_page = 50
    fields = ("at", "done_by", "action_label", "action", "kind", "key", "about", "source", "detail")
    readonly_fields = ("done_by", "action_label")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Those in daily use, and for an hour the archive too, to whoever wrote down for which control."""
        now, rows = timezone.now(), super().get_queryset(request)
        is_open = self._may_open(request) and control.is_open(now=now)
        return rows if is_open else holding(AuditEntry).active(now, among=rows)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(recent_sign_in.required(self.open_archive))
        address = path("control/", view, name="privacy_auditentry_control")
        return [address, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may_open = self._may_open(request)
        facts = {"may_open": may_open, "is_open": may_open and control.is_open(now=timezone.now())}
        return super().changelist_view(request, {**facts, **(extra_context or {})})

    def open_archive(self, request: HttpRequest) -> HttpResponse:
        """For the controller alone, with the written reason of a control."""
        if not self._may_open(request):
            raise PermissionDenied
        form = reasons.ReasonForm(request.POST or None)
        if form.is_valid():
            control.open_archive(now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The archive is open to you for an hour. Your reason is on record."))
            return redirect("admin:privacy_auditentry_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Open the archive of the journal"),
            "form": form,
        }
        return TemplateResponse(request, "admin/privacy/auditentry/control.html", context)

    def _may_open(self, request: HttpRequest) -> bool:
        return request.user.has_perm(control.PERMISSION)

    @admin.display(description=_("done by"), ordering="actor")
    def done_by(self, entry: AuditEntry) -> str:
        return entry.get_actor_display()

    @admin.display(description=_("what was done"), ordering="action")
    def action_label(self, entry: AuditEntry) -> str:
        return entry.get_action_display()

    @admin.display(description=_("record"), ordering="kind")
    def record(self, entry: AuditEntry) -> str:
        return f"{labels.model_label(entry.kind)} {entry.key}".strip()
