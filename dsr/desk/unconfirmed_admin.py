"""Requests that nobody has confirmed yet, at the desk: seen, and left to the person."""

from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsr.intake import unconfirmed
from dsr.requests.models import UNCONFIRMED_KEEP, UnconfirmedRequest
from privacy.audit.admin_base import ReadOnlyAuditedAdmin


@admin.register(UnconfirmedRequest)
class UnconfirmedRequestAdmin(ReadOnlyAuditedAdmin):
    list_display = ("received_at", "initials", "rights_asked", "link_sent_at", "reminded_at", "lapses_at")
    search_fields = ("=email", "surname")
    fields = (
        "received_at",
        "full_name",
        "email",
        "rights_asked",
        "details",
        "language",
        "link_sent_at",
        "reminded_at",
        "lapses_at",
        "get_entity_display",
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        lapsed = {"lapsed": unconfirmed.count_lapsed(now=timezone.now()), "keep": UNCONFIRMED_KEEP}
        return super().changelist_view(request, {**lapsed, **(extra_context or {})})

    @admin.display(description=_("name"))
    def full_name(self, unconfirmed_request: UnconfirmedRequest) -> str:
        return unconfirmed_request.full_name()

    @admin.display(description=_("rights"))
    def rights_asked(self, unconfirmed_request: UnconfirmedRequest) -> str:
        return unconfirmed_request.get_rights_display()

    @admin.display(description=_("erased at"))
    def lapses_at(self, unconfirmed_request: UnconfirmedRequest) -> datetime:
        return UNCONFIRMED_KEEP.after(unconfirmed_request.received_at)
