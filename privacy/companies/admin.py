"""The registers in the admin: companies, processors, hosting places. Entries are ended, never deleted."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import AuditedModelAdmin
from privacy.companies import european_union, siren
from privacy.companies.models import Entity, HostingPlace, Processor
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
        fields = ("name", "siren", "town", "parent", "since", "until")

    def clean_siren(self) -> str:
        return siren.normalise(self.cleaned_data["siren"])


class ProcessorForm(forms.ModelForm):  # type: ignore[type-arg]
    country = CountryField(label=capfirst(_("country")))
    purposes = CheckboxesField(label=capfirst(_("purposes that it serves")), choices=Purpose.choices)
    categories = CheckboxesField(
        label=capfirst(_("data that it may receive")),
        choices=Category.choices,
        help_text=_("Exports to this processor hold these and nothing else."),
    )

    class Meta:
        model = Processor
        fields = ("name", "task", "country", "purposes", "categories", "contract_on", "until", "safeguards")


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
