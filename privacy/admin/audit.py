"""The audit trail at the desk: read, filter, never touch."""

from django.contrib import admin

from privacy.admin.desk import ReadOnlyDeskAdmin
from privacy.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyDeskAdmin):
    """Who did what, on whose data, when, by which gesture."""

    list_display = ("at", "actor", "verb", "kind", "key", "gesture")
    list_filter = ("verb", "kind")
    search_fields = ("=actor", "verb", "=key", "=about")
    date_hierarchy = "at"
    show_full_result_count = False
    list_per_page = 50
