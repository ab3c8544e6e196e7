"""Processors in the admin, and the export for one of them, the only export there is."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels
from privacy.audit.admin_base import ReadOnlyAuditedAdmin, actor_column
from privacy.companies import european_union
from privacy.companies.admin import ProcessorForm, RegisterAdmin
from privacy.companies.models import Processor
from privacy.datamap.declarations import Category
from privacy.recipients import processors
from privacy.recipients.models import Transmission
from privacy.web import recent_sign_in
from privacy.web.fields import TextField

REFUSALS = {
    processors.NotUnderContractError: _("No contract with this processor is in force today."),
    processors.NothingDeclaredError: _("Nothing of these records may go to this processor."),
    processors.TooManyRowsError: _("These are more records than one export may hold."),
}
DECIDED_BY = actor_column("decided_by", _("decided by"))
FORMATS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


class ExportForm(forms.Form):
    holding = forms.ChoiceField(label=capfirst(_("records")))
    reason = TextField(
        label=capfirst(_("reason")),
        max_length=300,
        help_text=_("It stands beside the record of this export. Write no name and no address of a person."),
        widget=forms.Textarea({"rows": 3}),
    )
    shape = forms.ChoiceField(
        label=capfirst(_("file format")),
        choices=[("json", _("JSON, for programs")), ("csv", _("CSV, for spreadsheets"))],
        widget=forms.RadioSelect,
        initial="json",
    )

    def __init__(self, data: QueryDict | None, *, processor: Processor) -> None:
        super().__init__(data)
        self.holdings = {holding.label: holding for holding in processors.holdings_for(processor)}
        field = self.fields["holding"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(label, str(holding.data.label)) for label, holding in self.holdings.items()]


@admin.register(Processor)
class ProcessorAdmin(RegisterAdmin):
    form = ProcessorForm
    list_display = (
        "name", "task", "shown_country", "shown_categories", "contract_on", "until", "shown_clauses", "audited_on",
    )  # fmt: skip
    change_form_template = "admin/privacy/processor/change_form.html"

    @admin.display(description=_("country"), ordering="country")
    def shown_country(self, processor: Processor) -> str:
        return european_union.country_name(processor.country)

    @admin.display(description=_("data that it may receive"))
    def shown_categories(self, processor: Processor) -> str:
        return ", ".join(str(Category(category).label) for category in processor.categories)

    @admin.display(description=_("clauses of the contract"))
    def shown_clauses(self, processor: Processor) -> str:
        missing = processor.missing_clauses()
        if not missing:
            return gettext("complete")
        return gettext("missing: %(clauses)s") % {"clauses": ", ".join(clause[:3] for clause in missing)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(recent_sign_in.required(self.export))
        export = path("<int:pk>/export/", view, name="privacy_processor_export")
        return [export, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: Any, **facts: Any
    ) -> HttpResponse:
        context["may_export"] = request.user.has_perm("privacy.export_processor")
        return super().render_change_form(request, context, *args, **facts)

    def export(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the form; POST returns the file once, and no copy is kept."""
        if not request.user.has_perm("privacy.export_processor"):
            raise PermissionDenied
        processor = get_object_or_404(Processor, pk=pk)
        form = ExportForm(request.POST or None, processor=processor)
        if form.is_valid():
            try:
                return self._file(processor, form)
            except processors.ExportRefusedError as refusal:
                form.add_error(None, str(REFUSALS[type(refusal)]))
        facts = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "original": processor,
        }
        return TemplateResponse(
            request, "admin/privacy/processor/export.html", {**facts, "title": _("Export for a processor")}
        )

    def _file(self, processor: Processor, form: ExportForm) -> HttpResponse:
        now, asked = timezone.now(), form.cleaned_data
        holding, shape = form.holdings[asked["holding"]], asked["shape"]
        taken = processors.export(processor, holding, reason=asked["reason"], now=now)
        name = f"{holding.label}-{timezone.localdate(now)}.{shape}"
        return HttpResponse(
            taken.as_json() if shape == "json" else taken.as_csv(),
            content_type=FORMATS[shape],
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
                "Cache-Control": "no-store",
            },
        )


@admin.register(Transmission)
class TransmissionAdmin(ReadOnlyAuditedAdmin):
    list_display = ("at", "processor", "shown_holding", "about", "shown_categories", DECIDED_BY)
    fields = ("at", "processor", "shown_holding", "shown_categories", "about", "reason", DECIDED_BY)
    readonly_fields = ("shown_holding", "shown_categories", DECIDED_BY)
    list_filter = ("processor",)
    list_select_related = ("processor",)
    search_fields = ("=about",)
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description=_("data concerned"))
    def shown_categories(self, sent: Transmission) -> str:
        return sent.get_categories_display()

    @admin.display(description=_("kind of record"), ordering="holding")
    def shown_holding(self, sent: Transmission) -> str:
        return labels.model_label(sent.holding)
