from datetime import datetime
from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.notices import notices, reach
from consent.notices.models import Campaign, CampaignDay, Notice
from privacy.audit.admin_reports import SpanReportAdmin
from privacy.rights.deleting_admin import DeletingAdmin


@admin.register(Campaign)
class CampaignAdmin(DeletingAdmin):
    list_display = ("name", "slug")


@admin.register(Notice)
class NoticeAdmin(DeletingAdmin):
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

    def save_model(
        self,
        request: HttpRequest,
        obj: Notice,
        form: "forms.ModelForm[Notice]",
        change: bool,  # noqa: FBT001
    ) -> None:
        super().save_model(request, obj, form, change)
        notices.invalidate()


@admin.register(CampaignDay)
class CampaignDayAdmin(SpanReportAdmin):
    heading = _("What campaigns reached")
    report_template = "admin/consent/campaignday/reach.html"
    spans: ClassVar = {"30": _("30 days"), "90": _("90 days"), "180": _("180 days")}

    def get_report_for_days(self, days: int, *, now: datetime) -> dict[str, object]:
        return {"campaigns": reach.by_campaign(days=days, now=now)}
