"""Enquiries in the admin: read-only, apart from noting a contact."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.datamap.periods import CALENDAR
from softnlabs.website.enquiries import enquiries
from softnlabs.website.enquiries.models import Enquiry


class ContactNoteForm(forms.Form):
    """Which message, and when: nothing else moves the clock."""

    kind = forms.ChoiceField(label=_("How"), choices=[("", "---------"), *enquiries.ContactKind.choices])
    on = forms.DateField(
        label=_("Day of the contact"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The day on which a message went to the person or came from them: the period counts from it."
        ),
    )

    def __init__(self, *args: Any, received_on: date, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial, self.received_on, self.today = {"on": today}, received_on, today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        if day < self.received_on:
            raise forms.ValidationError(_("The message came after this day."))
        return day


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAuditedAdmin):
    """What a person wrote is rectified by a request, so nobody edits it here."""

    list_display = ("received_at", "initials", "email", "language", "last_contact_at")
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
            self.admin_site.admin_view(self.note_contact),
            name="website_enquiry_contacted",
        )
        return [note, *super().get_urls()]

    def note_contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_note_contact(request):
            raise PermissionDenied
        enquiry = self.get_object(request, str(pk))
        if enquiry is None:
            raise Http404
        now = timezone.now()
        form = ContactNoteForm(
            request.POST or None,
            received_on=localtime(enquiry.received_at, CALENDAR).date(),
            today=localtime(now, CALENDAR).date(),
        )
        if not form.is_valid():
            context = {"opts": self.opts, "title": _("Note a contact"), "form": form, "original": enquiry}
            shown = {**self.admin_site.each_context(request), **context}
            return TemplateResponse(request, "admin/website/enquiry/contact_form.html", shown)
        kind = enquiries.ContactKind(form.cleaned_data["kind"])
        enquiries.note_contact(enquiry, kind=kind, on=form.cleaned_data["on"], now=now)
        messages.success(request, _("The contact is noted; the period counts from its day."))
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
