"""The consent ledger, to be read."""

from django.contrib import admin

from consent.models import ConsentEvent, Wording
from privacy.admin.desk import ReadOnlyDeskAdmin


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyDeskAdmin):
    list_display = ("happened_at", "topic", "kind", "act", "language", "valid_until")
    list_filter = ("kind", "topic", "act", "language")
    search_fields = ("=email", "=receipt")
    date_hierarchy = "happened_at"


@admin.register(Wording)
class WordingAdmin(ReadOnlyDeskAdmin):
    list_display = ("sha256", "language", "first_shown_at")
    list_filter = ("language",)
