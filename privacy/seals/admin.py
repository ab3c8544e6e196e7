"""Seals in the admin: what was sealed and when, and the daily seals to keep elsewhere."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.seals import sealing
from privacy.seals.models import DailySeal, Removal, Seal, Verification


@admin.register(Seal)
class SealAdmin(ReadOnlyAuditedAdmin):
    list_display = ("number", "at", "rows", "short_root", "epoch")
    date_hierarchy = "at"
    show_full_result_count = False
    fields = ("number", "at", "rows", "root", "previous", "sha256", "epoch", "cluster", "upto", "columns")

    @admin.display(description=_("Merkle root"))
    def short_root(self, made: Seal) -> str:
        """Enough of it to recognise."""
        return f"{made.root[:16]}…"


@admin.register(DailySeal)
class DailySealAdmin(ReadOnlyAuditedAdmin):
    list_display = ("day", "rows", "head", "download_link")
    fields = ("day", "rows", "first", "head", "previous", "sha256", "download_link")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.download))
        return [
            path("<path:object_id>/download/", view, name="privacy_dailyseal_download"),
            *super().get_urls(),
        ]

    @admin.display(description=_("document"))
    def download_link(self, daily: DailySeal) -> SafeString:
        address = reverse("admin:privacy_dailyseal_download", args=[daily.pk])
        return format_html('<a href="{}">{}</a>', address, _("Download the daily seal"))

    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file to keep outside this database."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = unquote(object_id)
        daily = get_object_or_404(DailySeal, pk=key if key.isdecimal() and len(key) < 19 else None)
        name = f'attachment; filename="seal-{daily.day:%Y-%m-%d}.json"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return HttpResponse(sealing.export(daily), content_type="application/json", headers=headers)


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAuditedAdmin):
    list_display = ("at", "rows", "removed", "faults", "head")
    date_hierarchy = "at"
    fields = ("at", "rows", "removed", "faults", "head", "sha256", "cluster", "upto")


@admin.register(Removal)
class RemovalAdmin(ReadOnlyAuditedAdmin):
    """What purge and erasure deleted from the ledgers."""

    list_display = ("at", "ledger", "count", "certificate", "actor", "source")
    list_filter = ("ledger",)
    date_hierarchy = "at"

    @admin.display(description=_("records"))
    def count(self, removal: Removal) -> int:
        return len(removal.keys)
