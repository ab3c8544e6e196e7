from django.contrib import admin

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.subscriptions.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAuditedAdmin):
    """Read-only: subscribers unsubscribe themselves."""

    list_display = ("email", "language", "confirmed_at", "notified_version")
    search_fields = ("=email",)
    date_hierarchy = "confirmed_at"
    exclude = ("entity",)
    readonly_fields = ("get_entity_display",)
