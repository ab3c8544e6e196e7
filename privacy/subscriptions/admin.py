"""Who is told of new versions, at the desk."""

from django.contrib import admin

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.subscriptions.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAuditedAdmin):
    """To be looked at: each person stops their own."""

    list_display = ("email", "language", "confirmed_at", "notified_version")
    search_fields = ("=email",)
    date_hierarchy = "confirmed_at"
