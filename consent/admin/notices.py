"""Notices and the campaigns they are counted under."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from consent import notices
from consent.admin.ledger import ReadOnlyAdmin
from consent.models import Campaign, CampaignDay, Notice


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug")


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title_en", "topic", "campaign", "cap", "starts_at", "ends_at")
    list_filter = ("campaign", "topic")
    list_select_related = ("campaign",)

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        notices.forget()


@admin.register(CampaignDay)
class CampaignDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "campaign", "views", "clicks")
    list_filter = ("campaign",)
    date_hierarchy = "day"
