"""The register of disclosures in the admin: entries are added, never changed."""

from datetime import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import AuditedModelAdmin, actor_column
from privacy.companies.admin import CheckboxesField
from privacy.datamap.declarations import Category
from privacy.recipients import disclosures
from privacy.recipients.models import Disclosure
from privacy.web.fields import EmailField, LineField

DECIDED_BY = actor_column("decided_by", _("decided by"))


class DisclosureForm(forms.ModelForm):  # type: ignore[type-arg]
    """The address is turned into a pseudonym and not stored."""

    email = EmailField(
        label=capfirst(_("e-mail address of the person")), help_text=_("Only its pseudonym is kept.")
    )
    recipient = LineField(label=capfirst(_("given to")), max_length=200)
    provision = LineField(
        label=capfirst(_("legal text, order or case")),
        max_length=300,
        help_text=_(
            "The person reads this line in the answer to an access request. If an authority ordered secrecy, ask for"
            " advice before you enter it here."
        ),
    )
    categories = CheckboxesField(label=capfirst(_("data concerned")), choices=Category.choices)

    class Meta:
        model = Disclosure
        fields = ("email", "recipient", "ground", "provision", "categories", "at")
        field_classes = {"at": forms.SplitDateTimeField}

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > timezone.now():
            raise ValidationError(_("This date is in the future."))
        return at


@admin.register(Disclosure)
class DisclosureAdmin(AuditedModelAdmin):
    records_changes = False  # disclosures.disclose writes a fuller audit entry
    form = DisclosureForm
    list_display = ("at", "recipient", "ground", "about", "shown_categories", DECIDED_BY)
    list_filter = ("ground",)
    search_fields = ("recipient", "=about")
    date_hierarchy = "at"

    @admin.display(description=_("data concerned"))
    def shown_categories(self, disclosure: Disclosure) -> str:
        return disclosure.get_categories_display()

    def save_model(
        self,
        request: HttpRequest,
        obj: Disclosure,
        form: "forms.ModelForm[Disclosure]",
        change: bool,  # noqa: FBT001
    ) -> None:
        obj.pk = disclosures.disclose(now=timezone.now(), **form.cleaned_data).pk
        obj.refresh_from_db()

    def get_fields(self, request: HttpRequest, obj: Disclosure | None = None) -> tuple[str, ...]:
        shown = ("about", "recipient", "ground", "provision", "shown_categories", "at", DECIDED_BY)
        return shown if obj else DisclosureForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Disclosure | None = None) -> tuple[str, ...]:
        return ("shown_categories", DECIDED_BY) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Disclosure | None = None) -> bool:
        """An entry is corrected by another one."""
        return False
