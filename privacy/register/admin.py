"""The article 30 register in the admin: its sheets, the whole of it as a page, and as files."""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import AuditedModelAdmin
from privacy.companies.admin import CheckboxesField, RegisterAdmin
from privacy.register import article30, for_clients
from privacy.register.models import Activity, ClientWork

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[str, tuple[str, Callable[..., bytes]]] = {
    "csv": ("text/csv; charset=utf-8", article30.as_csv),
    "xlsx": (XLSX, article30.as_xlsx),
    "pdf": ("application/pdf", article30.as_pdf),
}
CLIENT_FILES: dict[str, tuple[str, Callable[..., bytes]]] = {
    "csv": ("text/csv; charset=utf-8", for_clients.as_csv),
    "pdf": ("application/pdf", for_clients.as_pdf),
}


class ActivityForm(forms.ModelForm):  # type: ignore[type-arg]
    """Fields that cannot be derived from the data map."""

    persons = CheckboxesField(label=capfirst(_("categories of persons")), choices=Activity.Persons.choices)
    measures = CheckboxesField(label=capfirst(_("security measures")), choices=Activity.Measure.choices)

    class Meta:
        model = Activity
        fields = (
            "reference",
            "created_on",
            "joint_controller",
            "department",
            "persons",
            "sensitive",
            "measures",
            "more_measures",
            "automated",
            "impact",
            "impact_note",
            "impact_on",
            "reviewed_on",
            "next_review_on",
        )

    def clean(self) -> None:
        """A decision on an impact assessment has its reason and its day."""
        super().clean()
        if self.cleaned_data.get("impact") in {None, Activity.Impact.UNDECIDED}:
            return
        if not (self.cleaned_data.get("impact_note") or "").strip():
            self.add_error("impact_note", _("Write the reason, or where the assessment is."))
        if not self.cleaned_data.get("impact_on"):
            self.add_error("impact_on", _("Enter the day."))


@admin.register(Activity)
class ActivityAdmin(AuditedModelAdmin):
    """One sheet for each purpose: none is added or deleted."""

    form = ActivityForm
    list_display = ("reference", "purpose", "department", "updated_on", "reviewed_on", "next_review_on")
    change_list_template = "admin/privacy/activity/change_list.html"
    actions = None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        files = [
            path(
                f"register.{kind}",
                wrap(self.download),
                {"kind": kind},
                name=f"privacy_activity_register_{kind}",
            )
            for kind in FILES
        ]
        whole = path("register/", wrap(self.whole), name="privacy_activity_register")
        return [whole, *files, *super().get_urls()]

    def save_model(
        self,
        request: HttpRequest,
        obj: Activity,
        form: "forms.ModelForm[Activity]",
        change: bool,  # noqa: FBT001
    ) -> None:
        obj.updated_on = timezone.localdate()
        super().save_model(request, obj, form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There are only the purposes of clause 5."""
        return False

    def whole(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        facts = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The whole register"),
            "entries": article30.entries(day=timezone.localdate(now)),
            "head": article30.head(day=timezone.localdate(now)),
            "kinds": FILES,
        }
        return TemplateResponse(request, "admin/privacy/activity/register.html", facts)

    def download(self, request: HttpRequest, kind: str) -> HttpResponse:
        """In the active language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        media_type, make = FILES[kind]
        self.note_export(kind)
        day = timezone.localdate()
        return _attachment(make(day=day), media_type, f"register-{day}.{kind}")


class ClientWorkForm(forms.ModelForm):  # type: ignore[type-arg]
    measures = CheckboxesField(label=capfirst(_("security measures")), choices=Activity.Measure.choices)

    class Meta:
        model = ClientWork
        fields = (
            "client", "contact", "officer", "kinds", "others", "transfers", "measures", "more_measures",
            "since", "until",
        )  # fmt: skip
        help_texts = {
            "contact": _("The company’s own address, mailbox and telephone: no person’s."),
            "officer": _("The mailbox of the function, if they have one."),
            "kinds": _("What is done with the data, such as: hosting, maintenance, migration, support."),
            "others": _("Leave empty when there are none."),
            "transfers": _("Leave empty when there are none."),
        }


@admin.register(ClientWork)
class ClientWorkAdmin(RegisterAdmin):
    form = ClientWorkForm
    list_display = ("client", "kinds", "since", "until")
    search_fields = ("client",)
    change_list_template = "admin/privacy/clientwork/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download)
        files = [
            path(f"register.{kind}", view, {"kind": kind}, name=f"privacy_clientwork_register_{kind}")
            for kind in CLIENT_FILES
        ]
        return [*files, *super().get_urls()]

    def download(self, request: HttpRequest, kind: str) -> HttpResponse:
        """In the active language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        media_type, make = CLIENT_FILES[kind]
        self.note_export(kind)
        day = timezone.localdate()
        return _attachment(make(day=day), media_type, f"register-clients-{day}.{kind}")


def _attachment(content: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)
