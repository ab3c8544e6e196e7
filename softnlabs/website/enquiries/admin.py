"""Enquiries in the admin: read-only, apart from noting a contact."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from softnlabs.website.enquiries import enquiries
from softnlabs.website.enquiries.models import Enquiry


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAuditedAdmin):
    """What a person wrote is rectified by a request, so nobody edits it here."""

    list_display = ("received_at", "first_name", "surname", "email", "language", "last_contact_at")
    list_display_links = ("received_at",)
    list_filter = ("received_at", "language")
    search_fields = ("surname", "first_name", "email")
    date_hierarchy = "received_at"
    fieldsets = (
        (None, {"fields": ("first_name", "surname", "email", "telephone", "postcode", "message")}),
        (
            _("Status"),
            {
                "fields": (
                    "received_at",
                    "last_contact_at",
                    "language",
                    "get_entity_display",
                    "policy_version",
                )
            },
        ),
    )
    readonly_fields = ("get_entity_display",)

    def get_urls(self) -> list[URLPattern]:
        note = path(
            "<int:pk>/contacted/",
            self.admin_site.admin_view(require_POST(self.note_contact)),
            name="website_enquiry_contacted",
        )
        return [note, *super().get_urls()]

    def note_contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_note_contact(request):
            raise PermissionDenied
        enquiry = self.get_object(request, str(pk))
        if enquiry is None:
            raise Http404
        enquiries.note_contact(enquiry, now=timezone.now())
        messages.success(request, _("The contact is noted; the period starts again today."))
        return redirect("admin:website_enquiry_change", pk)

    def may_note_contact(self, request: HttpRequest) -> bool:
        return request.user.has_perm("website.change_enquiry")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        obj = context["original"]
        period = Enquiry.personal_data.keep.period
        context["may_note_contact"] = self.may_note_contact(request)
        context["kept_until"] = period.after(obj.last_contact_at)
        return super().render_change_form(request, context, *args, **facts)
