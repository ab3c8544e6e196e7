"""Groups and cookies, in both languages. Changing a word here asks every visitor again."""

from typing import Any

from cookie_consent.models import Cookie, CookieGroup
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent import registry
from consent.models import CookieDeclaration, GroupDeclaration

admin.site.unregister(Cookie)
admin.site.unregister(CookieGroup)


class GroupDeclarationInline(admin.StackedInline):  # type: ignore[type-arg]
    model = GroupDeclaration
    min_num = 1
    can_delete = False


class CookieDeclarationInline(admin.StackedInline):  # type: ignore[type-arg]
    model = CookieDeclaration
    min_num = 1
    can_delete = False


@admin.register(CookieGroup)
class CookieGroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A group follows its terms: `is_required` is the package's word for “not by consent”."""

    list_display = ("name", "varname", "terms", "purpose")
    list_select_related = ("declaration",)
    fields = ("varname", "name", "description", "ordering")
    inlines = (GroupDeclarationInline,)

    @admin.display(description=_("terms"))
    def terms(self, group: CookieGroup) -> str:
        return str(group.declaration.get_terms_display())

    @admin.display(description=_("purpose"))
    def purpose(self, group: CookieGroup) -> str:
        return str(group.declaration.get_purpose_display())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        group = form.instance
        asks = group.declaration.terms == GroupDeclaration.Terms.CONSENT
        group.is_required, group.is_deletable = not asks, asks
        group.save(update_fields=["is_required", "is_deletable"])
        registry.forget()


@admin.register(Cookie)
class CookieAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "cookiegroup", "lifetime", "path")
    list_filter = ("cookiegroup",)
    list_select_related = ("cookiegroup", "declaration")
    fields = ("cookiegroup", "name", "description", "path", "domain")
    inlines = (CookieDeclarationInline,)

    @admin.display(description=_("lifetime"))
    def lifetime(self, cookie: Cookie) -> str:
        period = cookie.declaration.lifetime()
        return str(period) if period else str(_("until the browser is closed"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        registry.forget()
