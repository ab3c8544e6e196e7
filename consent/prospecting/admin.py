"""Prospects are never added by staff: only the owner of an address can agree."""

from django.contrib import admin

from consent.prospecting.models import Prospect
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


@admin.register(Prospect)
class ProspectAdmin(ReadOnlyAuditedAdmin):
    list_display = ("email", "language", "agreed_at", "last_contact_at")
    search_fields = ("=email",)
    list_filter = ("language",)
    exclude = ("entity",)
    readonly_fields = ("get_entity_display",)
