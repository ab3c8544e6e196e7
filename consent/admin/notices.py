"""Notices and the campaigns they are counted under."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from consent import notices
from consent.models import Campaign, CampaignDay, Notice
from privacy.admin.desk import DeskAdmin, ReadOnlyDeskAdmin


@admin.register(Campaign)
class CampaignAdmin(DeskAdmin):
    list_display = ("name", "slug")


@admin.register(Notice)
class NoticeAdmin(DeskAdmin):
    list_display = ("title_en", "topic", "campaign", "cap", "starts_at", "ends_at")
    list_filter = ("campaign", "topic")
    list_select_related = ("campaign",)

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        notices.forget()


@admin.register(CampaignDay)
class CampaignDayAdmin(ReadOnlyDeskAdmin):
    list_display = ("day", "campaign", "views", "clicks")
    list_filter = ("campaign",)
    date_hierarchy = "day"
