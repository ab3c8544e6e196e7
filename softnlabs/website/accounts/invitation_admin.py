"""Invitations at the desk: for superusers, as all that gives rights to others."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.access import groups
from privacy.audit.admin_base import actor_column
from privacy.web.fields import EmailField
from softnlabs.website.accounts import invitations
from softnlabs.website.accounts.admin import RightsAdmin, may_grant_permissions
from softnlabs.website.accounts.invitation_models import Invitation
from softnlabs.website.accounts.models import User

INVITED_BY = actor_column("invited_by", _("invited by"))


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    email = EmailField(
        label=capfirst(_("e-mail address")),
        help_text=_("A link is mailed there as soon as you save. With it the person makes their account."),
    )
    groups = forms.MultipleChoiceField(
        label=capfirst(_("groups")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What each may see and do stands on the list of groups, under “Who may see and do what”. "
            "Without a group, nothing is open."
        ),
    )
    language = forms.ChoiceField(
        label=capfirst(_("language")), choices=settings.LANGUAGES, help_text=_("Of the e-mail.")
    )

    class Meta:
        model = Invitation
        fields = ("email", "groups", "language")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        names = Group.objects.order_by("name").values_list("name", flat=True)
        choices = self.fields["groups"]
        assert isinstance(choices, forms.MultipleChoiceField)
        choices.choices = [(name, capfirst(str(groups.title(name)))) for name in names]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("There is an account with this address. Give it its groups on its own page.")
            )
        return email

    def validate_unique(self) -> None:
        """Whoever is invited again gets a new link in place of the old one."""


@admin.register(Invitation)
class InvitationAdmin(RightsAdmin):
    form = InvitationForm
    records_changes = False  # invitations.invite writes a fuller audit entry
    list_display = ("email", "shown_groups", INVITED_BY, "invited_at")
    search_fields = ("=email",)
    fields = ("email", "groups", "language")

    @admin.display(description=_("groups"))
    def shown_groups(self, invitation: Invitation) -> str:
        return ", ".join(str(groups.title(name)) for name in invitation.groups)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_grant_permissions(request) and super().has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return may_grant_permissions(request) and super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Invite again instead: the old link dies."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return may_grant_permissions(request) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: Any) -> None:
        made = invitations.invite(
            email=obj.email, groups=obj.groups, language=obj.language, now=timezone.now()
        )
        obj.pk = made.pk
        said = gettext("The invitation is on its way. It is valid for %(period)s.")
        messages.info(request, said % {"period": Invitation.PERIOD})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        invitations.withdraw(obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for invitation in queryset:
            self.delete_model(request, invitation)
