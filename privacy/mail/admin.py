from django.contrib import admin

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.mail.models import Mail


@admin.register(Mail)
class MailAdmin(ReadOnlyAuditedAdmin):
    """Messages; their text is gone once they have left, and is not shown before."""

    list_display = ("written_at", "message", "to", "sent_at", "refused_at", "tries", "error")
    list_filter = ("message",)
    search_fields = ("=to",)
    exclude = ("text", "html", "headers")
    date_hierarchy = "written_at"
    show_full_result_count = False
    list_per_page = 50
