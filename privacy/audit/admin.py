"""The audit trail in the admin: read only."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding


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
        """Those in daily use. The archive is read with a reason, person by person: ``manage.py subject``."""
        return holding(AuditEntry).active(timezone.now(), among=super().get_queryset(request))

    @admin.display(description=_("done by"), ordering="actor")
    def done_by(self, entry: AuditEntry) -> str:
        return entry.get_actor_display()

    @admin.display(description=_("what was done"), ordering="action")
    def action_label(self, entry: AuditEntry) -> str:
        return entry.get_action_display()

    @admin.display(description=_("record"), ordering="kind")
    def record(self, entry: AuditEntry) -> str:
        return f"{labels.model_label(entry.kind)} {entry.key}".strip()
