"""Prospects are never added by staff: only the owner of an address can agree."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.prospecting import silent
from consent.prospecting.models import Prospect
from privacy.audit.admin_base import ReadOnlyAuditedAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ConfirmedFilter(admin.SimpleListFilter):
    """Those of before questions were mailed are not written to: the desk shows who they are."""

    title = _("confirmed from the mailbox")
    parameter_name = "confirmed"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Prospect]"
    ) -> "list[tuple[str, StrOrPromise]]":
        return [("yes", _("confirmed")), ("no", _("not confirmed: not written to"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Prospect]") -> "QuerySet[Prospect]":
        if self.value() is None:
            return queryset
        return queryset.filter(confirmed_at__isnull=self.value() == "no")


class SilentFilter(admin.SimpleListFilter):
    title = _("silent for almost three years")
    parameter_name = "silent"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Prospect]"
    ) -> "list[tuple[str, StrOrPromise]]":
        return [("month", _("dropped within a month"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Prospect]") -> "QuerySet[Prospect]":
        return silent.dropped_within_a_month(queryset, now=timezone.now()) if self.value() else queryset


@admin.register(Prospect)
class ProspectAdmin(ReadOnlyAuditedAdmin):
    list_display = ("email", "language", "agreed_at", "confirmed_at", "last_contact_at")
    search_fields = ("=email",)
    list_filter = (ConfirmedFilter, SilentFilter, "language")
    exclude = ("entity", "fingerprint", "mailbox")
    readonly_fields = ("get_entity_display",)
