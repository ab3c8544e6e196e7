"""The audit trail at the desk: read, filter, never touch."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels
from privacy.audit.admin_base import ReadOnlyDeskAdmin
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding


class Deeds(admin.AllValuesFieldListFilter):
    """The verbs there are, in words."""

    def in_words(self, value: str) -> str:
        """What a choice says."""
        return labels.words(value)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": self.in_words(str(choice["display"]))}


class Kinds(Deeds):
    """The kinds of record there are, in words."""

    def in_words(self, value: str) -> str:
        """What a choice says."""
        return labels.what(value)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyDeskAdmin):
    """Who did what, on whose data, when, by which gesture."""

    list_display = ("at", "done_by", "deed", "record", "gesture")
    list_filter = (("verb", Deeds), ("kind", Kinds))
    search_fields = ("=actor", "verb", "=key", "=about")
    date_hierarchy = "at"
    show_full_result_count = False
    list_per_page = 50
    fields = ("at", "done_by", "deed", "verb", "kind", "key", "about", "gesture", "detail")
    readonly_fields = ("done_by", "deed")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Those in daily use. The archive is read with a reason, person by person: ``manage.py subject``."""
        return holding(AuditEntry).active(timezone.now(), among=super().get_queryset(request))

    @admin.display(description=_("done by"), ordering="actor")
    def done_by(self, entry: AuditEntry) -> str:
        return entry.get_actor_display()

    @admin.display(description=_("what was done"), ordering="verb")
    def deed(self, entry: AuditEntry) -> str:
        return entry.get_verb_display()

    @admin.display(description=_("record"), ordering="kind")
    def record(self, entry: AuditEntry) -> str:
        return f"{labels.what(entry.kind)} {entry.key}".strip()
