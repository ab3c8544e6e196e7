from django.contrib import admin

from dsr.after_death.models import Instructions
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


@admin.register(Instructions)
class InstructionsAdmin(ReadOnlyAuditedAdmin):
    """Read-only: people change and withdraw them themselves."""

    list_display = ("recorded_at", "initials", "email", "wish", "used_at")
    search_fields = ("=email", "surname")
    exclude = ("entity",)
    readonly_fields = ("get_entity_display",)
