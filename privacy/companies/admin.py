"""The registers in the admin: companies and their forms, processors, hosting places. Nothing is deleted here."""

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy import plugins
from privacy.audit.admin_base import AuditedModelAdmin
from privacy.companies import collecting, european_union, siren
from privacy.companies.models import (
    Entity,
    FormAssignment,
    HostingPlace,
    Processor,
    own_company,
)
from privacy.datamap.declarations import Category, Purpose

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def country_choices() -> list[tuple[str, str]]:
    """Every country: one outside the Union is refused with a reason, rather than missing without one."""
    return [("", "---------"), *european_union.countries()]


class CheckboxesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class CountryField(forms.ChoiceField):
    def __init__(self, *, label: "StrOrPromise") -> None:
        super().__init__(
            choices=country_choices, validators=[european_union.validate_member_state], label=label
        )


class EntityForm(forms.ModelForm):  # type: ignore[type-arg]
    """The SIREN is stored in one spelling, however it was typed."""

    siren = forms.CharField(label=_("SIREN"), max_length=20, validators=[siren.validate_siren])

    class Meta:
        model = Entity
        fields = ("name", "siren", "street", "town", "parent", "since", "until")

    def clean_siren(self) -> str:
        return siren.normalise(self.cleaned_data["siren"])


def form_choices() -> list[tuple[str, "StrOrPromise"]]:
    return [("", _("every form")), *((key, str(form.label)) for key, form in plugins.forms().items())]


class FormAssignmentForm(forms.ModelForm):  # type: ignore[type-arg]
    form = forms.ChoiceField(label=capfirst(_("form")), choices=form_choices, required=False)
    host = forms.CharField(
        label=capfirst(_("host name")),
        max_length=253,
        required=False,
        help_text=_(
            "Such as training.example.org. Leave it empty for every address of this site. A line with a form and a host"
            " name comes before one with the host name alone, and that one before one with the form alone."
        ),
    )

    class Meta:
        model = FormAssignment
        fields = ("form", "host", "entity")

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).lower()
        if host and not (
            split_domain_port(host) == (host, "") and validate_host(host, settings.ALLOWED_HOSTS)
        ):
            raise ValidationError(
                _(
                    "This site is not served under that name: it is not in ALLOWED_HOSTS. Write the name alone, without"
                    " https:// or a port."
                )
            )
        return host

    def clean_entity(self) -> Entity:
        """A company may be chosen before it begins, but not after it ended."""
        entity: Entity = self.cleaned_data["entity"]
        if reason := why_not(entity, max(localdate(), entity.since)):
            raise ValidationError(reason)
        return entity

    def clean(self) -> None:
        super().clean()
        if not (self.cleaned_data.get("form") or self.cleaned_data.get("host") or self.errors):
            raise ValidationError(_("Choose a form or write a host name, or both."))


def why_not(entity: Entity, day: date) -> str:
    """Why no form collects for this company on this day; empty when forms may."""
    facts = {"company": entity.name, "own": own_company().name}
    if own_company().siren not in {company.siren for company in entity.line()}:
        return gettext("%(company)s is no subsidiary of %(own)s in this register.") % facts
    if entity.since > day:
        return gettext("%(company)s begins on %(day)s.") % {**facts, "day": date_format(entity.since)}
    if entity.until and entity.until < day:
        return gettext("%(company)s ended on %(day)s.") % {**facts, "day": date_format(entity.until)}
    return ""


class ProcessorForm(forms.ModelForm):  # type: ignore[type-arg]
    country = CountryField(label=capfirst(_("country")))
    purposes = CheckboxesField(label=capfirst(_("purposes that it serves")), choices=Purpose.choices)
    categories = CheckboxesField(
        label=capfirst(_("data that it may receive")),
        choices=Category.choices,
        help_text=_("Exports to this processor hold these and nothing else."),
    )
    clauses = CheckboxesField(
        label=capfirst(_("clauses of the contract")),
        choices=Processor.Clause.choices,
        required=False,
        help_text=_(
            "Tick what you have read in the signed contract (GDPR, article 28(3)). All eight are needed."
        ),
    )

    class Meta:
        model = Processor
        fields = (
            "name", "task", "country", "purposes", "categories", "contract_on", "until", "clauses", "safeguards",
            "audited_on", "audit_result",
        )  # fmt: skip

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if bool(data.get("audited_on")) != bool(data.get("audit_result")):
            self.add_error("audit_result", _("An audit has a day and a result."))


class HostingPlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    country = CountryField(label=capfirst(_("country")))
    contents = CheckboxesField(
        label=capfirst(_("what is stored there")), choices=HostingPlace.Content.choices
    )

    class Meta:
        model = HostingPlace
        fields = ("name", "country", "contents", "processor", "since", "until")


class RegisterAdmin(AuditedModelAdmin):
    """Entries have an end date instead of a deletion: the register has to be shown to the authority."""


@admin.register(Entity)
class EntityAdmin(RegisterAdmin):
    form = EntityForm
    list_display = ("name", "siren", "town", "parent", "since", "until")
    list_select_related = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Entity | None = None) -> tuple[str, ...]:
        """Collected data refer to a company by its SIREN: another number is another company."""
        return ("siren",) if obj else ()


@admin.register(FormAssignment)
class FormAssignmentAdmin(RegisterAdmin):
    """To let a form collect for the company of the site again, choose that company."""

    form = FormAssignmentForm
    list_display = ("shown_form", "shown_host", "entity", "collects_today")
    list_select_related = ("entity__parent",)

    @admin.display(description=_("form"), ordering="form")
    def shown_form(self, line: FormAssignment) -> str:
        return line.get_form_display()

    @admin.display(description=_("host name"), ordering="host")
    def shown_host(self, line: FormAssignment) -> str:
        return line.get_host_display()

    @admin.display(description=_("collects today for"))
    def collects_today(self, line: FormAssignment) -> str:
        """The company, and why it is not the chosen one."""
        today = localdate()
        company, reason = collecting.in_charge(line.entity, today), why_not(line.entity, today)
        return f"{company}. {reason}" if reason else str(company)


@admin.register(HostingPlace)
class HostingPlaceAdmin(RegisterAdmin):
    form = HostingPlaceForm
    list_display = ("name", "shown_country", "shown_contents", "processor", "since", "until")
    list_select_related = ("processor",)

    @admin.display(description=_("country"), ordering="country")
    def shown_country(self, place: HostingPlace) -> str:
        return european_union.country_name(place.country)

    @admin.display(description=_("what is stored there"))
    def shown_contents(self, place: HostingPlace) -> str:
        return ", ".join(str(HostingPlace.Content(content).label) for content in place.contents)
