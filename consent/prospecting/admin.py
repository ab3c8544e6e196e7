"""Who agreed to be written to. An address enters by its owner's hand alone, so nothing is added here."""

from django.contrib import admin

from consent.prospecting.models import Prospect
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


@admin.register(Prospect)
class ProspectAdmin(ReadOnlyAuditedAdmin):
    list_display = ("email", "language", "agreed_at", "last_contact_at")
    search_fields = ("=email",)
    list_filter = ("language",)
