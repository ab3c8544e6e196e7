"""The records of security in the admin. IP addresses need a permission, and each look-up is audited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.security import look_up
from privacy.security.models import SecurityEvent, SignIn

SEE_ADDRESS = "privacy.see_address"


class AddressForm(forms.Form):
    """Sent in the body of the request, so that no access log contains the address."""

    address = forms.GenericIPAddressField(label=_("IP address"), unpack_ipv4=True)


class SecurityAdmin(ReadOnlyAuditedAdmin):
    """The address of a record only with the permission to see it, and in no list: a look at a record is audited."""

    date_hierarchy = "at"
    show_full_result_count = False
    change_list_template = "admin/privacy/signin/list.html"
    fields_of_record: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        hidden = set() if request.user.has_perm(SEE_ADDRESS) else {"address"}
        return tuple(name for name in self.fields_of_record if name not in hidden)


@admin.register(SecurityEvent)
class SecurityEventAdmin(SecurityAdmin):
    list_display = ("at", "kind", "page", "detail", "times", "account")
    list_filter = ("kind",)
    search_fields = ("=page", "=account")
    fields_of_record = ("at", "kind", "page", "limit", "reason", "times", "account", "address")

    @admin.display(description=_("detail"))
    def detail(self, event: SecurityEvent) -> str:
        return event.limit or event.get_status_display()

    @admin.display(description=_("why refused"))
    def reason(self, event: SecurityEvent) -> str | None:
        return event.get_status_display() or None


@admin.register(SignIn)
class SignInAdmin(SecurityAdmin):
    list_display = ("at", "account", "is_accepted")
    list_filter = ("is_accepted",)
    search_fields = ("=account", "=about")
    fields_of_record = ("at", "account", "about", "is_accepted", "address")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.by_address))
        return [path("address/", view, name="privacy_signin_address"), *super().get_urls()]

    def by_address(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(SEE_ADDRESS):
            raise PermissionDenied
        form = AddressForm(request.POST or None)
        is_asked = request.method == "POST" and form.is_valid()
        sees_restricted = request.user.has_perm("privacy.view_restriction")
        context = {"title": _("Look up an IP address"), "form": form, "most": look_up.MOST}
        context["sees_restricted"] = sees_restricted
        if is_asked:
            address = form.cleaned_data["address"]
            context["seen"] = look_up.look_up(address, sees_restricted=sees_restricted, now=timezone.now())
        facts = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, "admin/privacy/signin/address.html", facts)
