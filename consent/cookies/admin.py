"""Groups and cookies, in both languages. Changing a text here asks every visitor again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cookie_consent.models import Cookie, CookieGroup
from django import forms
from django.contrib import admin
from django.db import models
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.cookies import registry
from consent.cookies.models import CookieDeclaration, GroupDeclaration
from privacy.audit.admin_base import AuditedModelAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

admin.site.unregister(Cookie)
admin.site.unregister(CookieGroup)


class GroupDeclarationInline(admin.StackedInline):  # type: ignore[type-arg]
    model = GroupDeclaration
    min_num = 1
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: CookieGroup | None = None) -> tuple[str, ...]:
        """The terms of necessary groups are fixed: a mistake here would sign everybody out, with no way back in."""
        is_needed = obj is not None and registry.group_declaration(obj).terms == GroupDeclaration.Terms.ALWAYS
        return ("terms",) if is_needed else ()


class CookieDeclarationInline(admin.StackedInline):  # type: ignore[type-arg]
    model = CookieDeclaration
    min_num = 1
    can_delete = False


class DeclarationAdmin(AuditedModelAdmin):
    """Both languages are required, although the package allows empty English texts. Names that code uses are fixed."""

    fixed: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return self.fixed if obj else ()

    def formfield_for_dbfield(
        self,
        db_field: "models.Field[object, object]",
        request: HttpRequest,
        **kwargs: object,
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in {"name", "description"}:
            field.required = True
        return field


@admin.register(CookieGroup)
class CookieGroupAdmin(DeclarationAdmin):
    """`is_required`, the package's own field, is derived from our terms."""

    list_display = ("named", "varname", "terms", "purpose")
    list_select_related = ("declaration",)
    fixed = ("varname",)
    fields = ("varname", "name", "description", "ordering")
    inlines = (GroupDeclarationInline,)

    @admin.display(description=_("name"), ordering="name")
    def named(self, group: CookieGroup) -> str:
        return registry.group_name(group.varname)

    @admin.display(description=_("terms"))
    def terms(self, group: CookieGroup) -> str:
        return str(registry.group_declaration(group).get_terms_display())

    @admin.display(description=_("purpose"))
    def purpose(self, group: CookieGroup) -> str:
        return str(registry.group_declaration(group).get_purpose_display())

    def save_related(
        self,
        request: HttpRequest,
        form: "forms.ModelForm[CookieGroup]",
        formsets: Iterable[forms.BaseFormSet],  # type: ignore[type-arg]
        change: bool,  # noqa: FBT001
    ) -> None:
        super().save_related(request, form, formsets, change)
        group = form.instance
        asks = registry.group_declaration(group).terms == GroupDeclaration.Terms.CONSENT
        group.is_required, group.is_deletable = not asks, asks
        group.save(update_fields=["is_required", "is_deletable"])
        registry.invalidate()


class CookieForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses a second declaration of a name: the guard knows a cookie by its name alone."""

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Cookie.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("A cookie of this name is declared already: one name, one group."))
        return name


class GroupFilter(admin.RelatedFieldListFilter):
    def field_choices(
        self,
        field: "RelatedField[object, object]",
        request: HttpRequest,
        model_admin: "admin.ModelAdmin[Cookie]",
    ) -> "list[tuple[str, StrOrPromise]]":
        return [(str(group.pk), registry.group_name(group.varname)) for group in CookieGroup.objects.all()]


@admin.register(Cookie)
class CookieAdmin(DeclarationAdmin):
    form = CookieForm
    list_display = ("name", "group", "lifetime", "path")
    list_filter = (("cookiegroup", GroupFilter),)
    list_select_related = ("cookiegroup", "declaration")
    fixed = ("cookiegroup", "name")
    fields = ("cookiegroup", "name", "description", "path", "domain")
    inlines = (CookieDeclarationInline,)

    @admin.display(description=_("group"), ordering="cookiegroup__name")
    def group(self, cookie: Cookie) -> str:
        return registry.group_name(cookie.cookiegroup.varname)

    @admin.display(description=_("lifetime"))
    def lifetime(self, cookie: Cookie) -> str:
        period = CookieDeclaration.objects.get(cookie=cookie).lifetime()
        return str(period) if period else str(_("until the browser is closed"))

    def save_related(
        self,
        request: HttpRequest,
        form: "forms.ModelForm[Cookie]",
        formsets: Iterable[forms.BaseFormSet],  # type: ignore[type-arg]
        change: bool,  # noqa: FBT001
    ) -> None:
        super().save_related(request, form, formsets, change)
        registry.invalidate()
