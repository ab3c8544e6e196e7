from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from privacy.access import matrix
from privacy.access.groups import StaffGroup
from privacy.rights.deleting_admin import DeletingAdmin
from softnlabs.website.accounts import leaving
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
    list_display = ("email", "first_name", "surname", "is_staff", "is_active", "active_at")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "surname", "first_name")
    ordering = ("email",)
    actions = ("end_access",)
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

    @admin.action(description=_("End the access of the chosen accounts: they leave"), permissions=["delete"])
    def end_access(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """For superusers alone, and never their own: somebody has to stay who can open the door."""
        for user in queryset.exclude(email=request.user.get_username()):
            leaving.end_access(user, now=timezone.now())
        messages.success(request, gettext("Ended, sessions included. Your own account is left as it is."))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For superusers alone: a bulk deletion does not check each account."""
        return _may_grant_permissions(request) and super().has_delete_permission(request, obj)


@admin.register(Group)
class GroupAdmin(DeletingAdmin, DjangoGroupAdmin):
    """Changed by superusers alone. A shipped group is set back at the next ``migrate``, and its page says so."""

    change_list_template = "admin/auth/group/list.html"
    change_form_template = "admin/auth/group/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.overview))
        return [path("overview/", view, name="auth_group_overview"), *super().get_urls()]

    def overview(self, request: HttpRequest) -> HttpResponse:
        """What each group may see and do, and who is in it: names for those alone who may see accounts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        facts = {
            "title": gettext("Who may see and do what"),
            "sheets": matrix.sheets(),
            "sees_accounts": request.user.has_perm("website.view_user"),
            "superusers": matrix.superusers(),
            "others": matrix.with_permissions_of_their_own(),
        }
        context = {**self.admin_site.each_context(request), "opts": self.opts, **facts}
        return TemplateResponse(request, "admin/auth/group/overview.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        group = context.get("original")
        context["is_shipped"] = group is not None and group.name in StaffGroup.values
        return super().render_change_form(request, context, *args, **facts)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may_grant_permissions(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_grant_permissions(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_grant_permissions(request)


def _may_grant_permissions(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
