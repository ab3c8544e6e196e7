from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext_lazy as _

from consent.ledger import topics
from consent.ledger.models import ConsentEvent, Wording
from privacy.audit.admin_base import ReadOnlyAuditedAdmin

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices


class TopicFilter(admin.AllValuesFieldListFilter):
    def choices(self, changelist: ChangeList) -> "Iterator[_ListFilterChoices]":
        for choice in super().choices(changelist):
            yield {**choice, "display": topics.label(str(choice["display"]))}


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAuditedAdmin):
    list_display = ("happened_at", "about", "kind", "act", "language", "valid_until")
    list_filter = ("kind", ("topic", TopicFilter), "act", "language")
    search_fields = ("=email", "=receipt")
    date_hierarchy = "happened_at"
    fields = (
        "happened_at", "about", "kind", "purpose", "act", "wording", "language", "page", "has_gpc",
        "valid_until", "get_entity_display", "policy_version", "receipt", "email",
    )  # fmt: skip
    readonly_fields = ("about", "get_entity_display")

    @admin.display(description=_("about"), ordering="topic")
    def about(self, event: ConsentEvent) -> str:
        return event.get_topic_display()


@admin.register(Wording)
class WordingAdmin(ReadOnlyAuditedAdmin):
    list_display = ("sha256", "language", "first_shown_at")
    list_filter = ("language",)
