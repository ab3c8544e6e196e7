"""Notices and the campaigns they are counted under."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import measure, notices
from consent.models import Campaign, CampaignDay, Notice
from privacy.admin.desk import DeskAdmin, ReadOnlyDeskAdmin

SPANS = {"30": _("30 days"), "90": _("90 days"), "180": _("180 days")}
FIRST_SPAN = "30"


@admin.register(Campaign)
class CampaignAdmin(DeskAdmin):
    list_display = ("name", "slug")


@admin.register(Notice)
class NoticeAdmin(DeskAdmin):
    list_display = ("title_en", "topic", "campaign", "cap", "starts_at", "ends_at")
    list_filter = ("campaign", "topic")
    list_select_related = ("campaign",)
    fieldsets = (
        (None, {"fields": ("title_en", "text_en", "title_fr", "text_fr", "link")}),
        (_("When"), {"fields": ("starts_at", "ends_at")}),
        (_("For whom"), {"fields": ("topic", "by_interest", "pages")}),
        (_("How often"), {"fields": ("cap", "days")}),
        (_("Measure"), {"fields": ("campaign",)}),
    )

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        notices.forget()


@admin.register(CampaignDay)
class CampaignDayAdmin(ReadOnlyDeskAdmin):
    """Views, clicks and rate of each campaign, as a plot and as a table."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All campaigns on one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        span = request.GET.get("days", FIRST_SPAN)
        span = span if span in SPANS else FIRST_SPAN
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What campaigns reached"),
            "campaigns": measure.reach(days=int(span), now=timezone.now()),
            "span": span,
            "spans": SPANS.items(),
        }
        return TemplateResponse(request, "admin/consent/campaignday/reach.html", context)
