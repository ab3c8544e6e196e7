"""Holds, restrictions and objections in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import AuditedModelAdmin, ReadOnlyAuditedAdmin, actor_column
from privacy.datamap.models import Objection, Restriction
from privacy.rights import holds
from privacy.rights.models import Hold
from privacy.web.fields import EmailField, TextField

PLACED_BY = actor_column("placed_by", _("placed by"))
GRANTED_BY = actor_column("placed_by", _("granted by"))


class HoldForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new hold. The address is turned into a pseudonym and not kept."""

    email = EmailField(
        label=capfirst(_("e-mail address of the person")), help_text=_("Only its pseudonym is kept.")
    )
    reason = TextField(label=capfirst(_("legal reason")), widget=forms.Textarea, max_length=2000)

    class Meta:
        model = Hold
        fields = ("email", "reason", "review_on")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if holds.is_held(email):
            raise forms.ValidationError(_("There is already a hold on this person."))
        return email


@admin.register(Hold)
class HoldAdmin(AuditedModelAdmin):
    records_changes = False  # holds.place and holds.lift say more
    form = HoldForm
    list_display = ("placed_at", "about", "review_on", PLACED_BY, "lifted_at")
    list_filter = ("review_on",)
    actions = ("lift",)

    def save_model(self, request: HttpRequest, obj: Hold, form: HoldForm, change: object) -> None:
        obj.pk = holds.place(now=timezone.now(), **form.cleaned_data).pk
        obj.refresh_from_db()

    def get_fields(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        """A hold that exists shows the pseudonym in place of the address."""
        shown = ("about", "reason", "review_on", PLACED_BY, "placed_at", "lifted_at")
        return shown if obj else HoldForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        return (PLACED_BY,) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        """A hold is lifted, not rewritten; the list needs the permission for its action."""
        return obj is None and super().has_change_permission(request)

    @admin.action(description=_("Lift the chosen holds"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        for placed in queryset:
            holds.lift(placed, now=timezone.now())
        messages.success(request, _("Lifted. What is past its period goes with the next purge."))


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAuditedAdmin):
    """Placed by the answer to a request, and lifted from that request alone.

    There the person is told before, with the day (GDPR article 18(3)); a button here would let that be forgotten.
    """

    list_display = ("placed_at", "about", PLACED_BY, "lifted_at")
    fields = ("about", "reason", PLACED_BY, "placed_at", "lifted_at")
    readonly_fields = (PLACED_BY,)


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyAuditedAdmin):
    """Placed by the answer to a request, and ended from that request alone, when the person asks."""

    list_display = ("objected_at", "kind", "reference", GRANTED_BY, "ended_at", "about")
    list_filter = ("ended_at",)
    fields = ("about", "kind", "reference", "reason", GRANTED_BY, "objected_at", "ended_at")
    readonly_fields = ("kind", GRANTED_BY)

    @admin.display(description=_("kind of record"), ordering="holding")
    def kind(self, objection: Objection) -> str:
        return objection.get_holding_display()
