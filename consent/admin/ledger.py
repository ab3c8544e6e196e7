"""The consent ledger, to be read."""

from django.contrib import admin
from django.http import HttpRequest

from consent.models import ConsentEvent, Wording


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "topic", "kind", "act", "language", "valid_until")
    list_filter = ("kind", "topic", "act", "language")
    search_fields = ("=email", "=receipt")
    date_hierarchy = "happened_at"


@admin.register(Wording)
class WordingAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "language", "first_shown_at")
    list_filter = ("language",)
