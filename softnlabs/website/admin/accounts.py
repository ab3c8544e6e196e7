"""Accounts and their roles at the desk."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from privacy.admin.desk import DeskAdmin
from softnlabs.website.models import User

admin.site.unregister(Group)


class NewAccountForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """An account begins with an address."""

    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, type] = {}


@admin.register(User)
class UserAdmin(DeskAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """Who can sign in, and to what."""

    add_form = NewAccountForm
    list_display = ("email", "first_name", "surname", "is_staff", "is_active", "active_at")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "surname", "first_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "joined_at", "must_change_password")
    fieldsets = (
        (None, {"fields": ("email", "password", "must_change_password")}),
        (_("Who it is"), {"fields": ("first_name", "surname", "last_login", "joined_at")}),
        (
            _("What this account may do"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )


@admin.register(Group)
class GroupAdmin(DeskAdmin, DjangoGroupAdmin):
    """Roles: who needs to know what."""
