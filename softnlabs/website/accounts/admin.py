from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from privacy.access import groups, matrix
from privacy.access.groups import StaffGroup
from privacy.rights.deleting_admin import DeletingAdmin
from privacy.web import recent_sign_in
from softnlabs.website.accounts import leaving, second_factor_reset, sessions, staff_factor
from softnlabs.website.accounts.models import User

# Nobody looks at secrets of authenticators; the other tables of allauth stay empty (adapters).
admin.site.unregister((Group, Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken))
PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewAccountForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, type] = {}

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        return _one_time(super().save(commit=False), commit=commit)


class OneTimePasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        return _one_time(super().save(commit=False), commit=commit)


def _one_time(account: User, *, commit: bool) -> User:
    account.must_change_password = account.has_usable_password()
    if commit:
        account.save()
    return account


class GroupFilter(admin.RelatedFieldListFilter):
    """By group, in words."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(group.pk, _group_name(group)) for group in Group.objects.order_by("name")]


def _group_name(group: Group) -> str:
    return capfirst(str(groups.title(group.name)))


class RightsAdmin(DeletingAdmin):
    """Base of the pages that give rights to others or take them: they ask for a recent sign-in."""

    def changeform_view(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        return recent_sign_in.required(super().changeform_view)(request, *args, **named)

    def delete_view(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        return recent_sign_in.required(super().delete_view)(request, *args, **named)

    def changelist_view(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        view = super().changelist_view
        return (recent_sign_in.required(view) if "action" in request.POST else view)(request, *args, **named)


@admin.register(User)
class UserAdmin(RightsAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """A password that is typed here is known to two people: its owner chooses another at their first sign-in."""

    add_form = NewAccountForm
    change_password_form = OneTimePasswordForm
    change_form_template = "admin/website/user/change_form.html"
    list_display = ("email", "initials", "is_staff", "is_active", "active_at")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", GroupFilter))
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

    def get_urls(self) -> list[URLPattern]:
        end, reset = (
            self.admin_site.admin_view(require_POST(recent_sign_in.required(view)))
            for view in (self.end_sessions, self.reset_second_factor)
        )
        return [
            path("<int:pk>/sessions/end/", end, name="website_user_end_sessions"),
            path("<int:pk>/second-factor/reset/", reset, name="website_user_reset_second_factor"),
            *super().get_urls(),
        ]

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 as Django calls it
        form_url: str = "",
    ) -> HttpResponse:
        """One's own is changed where the present one is asked for."""
        if id == str(request.user.pk):
            return redirect("website:password")
        return recent_sign_in.required(super().user_change_password)(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Passwords of staff are longer than those of clients: whoever becomes staff chooses another."""
        if change and obj.is_staff and "is_staff" in form.changed_data:
            obj.must_change_password = obj.has_usable_password()
        super().save_model(request, obj, form, change)

    def reset_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Of somebody else, who lost it. One's own is changed where the present one is asked for."""
        account = self._in_reach(request, pk)
        if account == request.user:
            raise PermissionDenied
        second_factor_reset.reset(account, language=get_language() or "en", now=timezone.now())
        messages.success(request, gettext("The second step is taken off, and its owner is told by e-mail."))
        return redirect("admin:website_user_change", pk)

    def _in_reach(self, request: HttpRequest, pk: int) -> User:
        account: User = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return account

    def end_sessions(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self._in_reach(request, pk)
        now = timezone.now()
        ended = sessions.end(sessions.of(account, now=now), account, now=now)
        said = ngettext("%(number)d session was ended.", "%(number)d sessions were ended.", ended)
        messages.success(request, said % {"number": ended})
        return redirect("admin:website_user_change", pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        account = context.get("original")
        if account is not None and self.has_change_permission(request, account):
            context["has_second_factor"] = account != request.user and staff_factor.is_set_up(account)
            context["open_sessions"] = sessions.of(account, now=timezone.now())
        return super().render_change_form(request, context, *args, **facts)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **named: Any) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **named)
        if field is not None and db_field.name == "groups":
            field.label_from_instance = _group_name
        return field

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> list[str] | tuple[str, ...]:
        """Only superusers grant permissions: others could grant them to themselves."""
        fields = super().get_readonly_fields(request, obj)
        return fields if may_grant_permissions(request) else (*fields, *PERMISSION_FIELDS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts of staff, their passwords included, are for superusers alone."""
        is_in_reach = obj is None or not obj.is_staff or may_grant_permissions(request)
        return is_in_reach and super().has_change_permission(request, obj)

    @admin.action(description=_("End the access of the chosen accounts: they leave"), permissions=["delete"])
    def end_access(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """For superusers alone, and never their own: somebody has to stay who can open the door."""
        for user in queryset.exclude(email=request.user.get_username()):
            leaving.end_access(user, now=timezone.now())
        messages.success(request, gettext("Ended, sessions included. Your own account is left as it is."))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For superusers alone: a bulk deletion does not check each account."""
        return may_grant_permissions(request) and super().has_delete_permission(request, obj)


@admin.register(Group)
class GroupAdmin(RightsAdmin, DjangoGroupAdmin):
    """Changed by superusers alone. A shipped group is set back at the next ``migrate``, and its page says so."""

    list_display = ("shown_name",)
    change_list_template = "admin/auth/group/list.html"
    change_form_template = "admin/auth/group/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.overview))
        return [path("overview/", view, name="auth_group_overview"), *super().get_urls()]

    @admin.display(description=Group._meta.verbose_name)
    def shown_name(self, group: Group) -> str:
        return _group_name(group)

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
        return may_grant_permissions(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return may_grant_permissions(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return may_grant_permissions(request)


def may_grant_permissions(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
