from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.rights.deleting_admin import DeletingAdmin
from recruitment.offers.models import Offer


@admin.register(Offer)
class OfferAdmin(DeletingAdmin):
    """An offer that has applications cannot be deleted, since they refer to it."""

    list_display = ("title", "kind", "place", "published_at", "closes_on", "open_now")
    list_filter = ("kind",)
    prepopulated_fields: ClassVar = {"slug": ("title_en",)}
    fieldsets = (
        (None, {"fields": ("kind", "place", "published_at", "closes_on")}),
        (_("In English"), {"fields": ("title_en", "slug", "description_en")}),
        (_("In French"), {"fields": ("title_fr", "description_fr")}),
    )

    @admin.display(description=_("open now"), boolean=True)
    def open_now(self, offer: Offer) -> bool:
        return offer.is_open(timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Offer | None = None) -> bool:
        answered = obj is not None and obj.applications.exists()
        return super().has_delete_permission(request, obj) and not answered
