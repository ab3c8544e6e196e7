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
from privacy.companies.admin import CheckboxesField
from privacy.register import article30
from privacy.register.models import Activity

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[str, tuple[str, Callable[..., bytes]]] = {
    "csv": ("text/csv; charset=utf-8", article30.as_csv),
    "xlsx": (XLSX, article30.as_xlsx),
    "pdf": ("application/pdf", article30.as_pdf),
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
            "reviewed_on",
            "next_review_on",
        )


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
        day = timezone.localdate()
        disposition = content_disposition_header(as_attachment=True, filename=f"register-{day}.{kind}")
        return HttpResponse(
            make(day=day),
            content_type=media_type,
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )
