from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.rights.deleting_admin import DeletingAdmin
from softnlabs.website.accounts.models import User

admin.site.unregister(Group)
PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewAccountForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, type] = {}


@admin.register(User)
class UserAdmin(DeletingAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    add_form = NewAccountForm
    list_display = ("email", "initials", "is_staff", "is_active", "active_at")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "surname", "first_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "joined_at", "must_change_password")
    fieldsets = (
        (None, {"fields": ("email", "password", "must_change_password")}),
        (_("Person"), {"fields": ("first_name", "surname", "last_login", "joined_at")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> list[str] | tuple[str, ...]:
        """Only superusers grant permissions: others could grant them to themselves."""
        fields = super().get_readonly_fields(request, obj)
        return fields if _may_grant_permissions(request) else (*fields, *PERMISSION_FIELDS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts of staff, their passwords included, are for superusers alone."""
        is_in_reach = obj is None or not obj.is_staff or _may_grant_permissions(request)
        return is_in_reach and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For superusers alone: a bulk deletion does not check each account."""
        return _may_grant_permissions(request) and super().has_delete_permission(request, obj)


@admin.register(Group)
class GroupAdmin(DeletingAdmin, DjangoGroupAdmin):
    """Roles, changed by superusers alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may_grant_permissions(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_grant_permissions(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_grant_permissions(request)


def _may_grant_permissions(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
