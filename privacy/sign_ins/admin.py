"""Sign-ins in the admin. IP addresses need a permission, and each look-up is audited."""

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
from privacy.sign_ins import records
from privacy.sign_ins.models import SignIn

SEE_ADDRESS = "privacy.see_address"


class AddressForm(forms.Form):
    """Sent in the body of the request, so that no access log contains the address."""

    address = forms.GenericIPAddressField(label=_("IP address"), unpack_ipv4=True)


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAuditedAdmin):
    list_display = ("at", "account", "is_accepted")
    list_filter = ("is_accepted",)
    search_fields = ("=account", "=about")
    date_hierarchy = "at"
    show_full_result_count = False
    change_list_template = "admin/privacy/signin/list.html"

    def get_fields(self, request: HttpRequest, obj: SignIn | None = None) -> tuple[str, ...]:
        """The address only with the permission to see it."""
        shown = ("at", "account", "about", "is_accepted")
        return (*shown, "address") if request.user.has_perm(SEE_ADDRESS) else shown

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.by_address))
        return [path("address/", view, name="privacy_signin_address"), *super().get_urls()]

    def by_address(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(SEE_ADDRESS):
            raise PermissionDenied
        form = AddressForm(request.POST or None)
        is_asked = request.method == "POST" and form.is_valid()
        sees_restricted = request.user.has_perm("privacy.view_restriction")
        context = {"title": _("Look up an IP address"), "form": form, "most": records.MOST}
        context["sees_restricted"] = sees_restricted
        if is_asked:
            address = form.cleaned_data["address"]
            context["seen"] = records.look_up(address, sees_restricted=sees_restricted, now=timezone.now())
        facts = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, "admin/privacy/signin/address.html", facts)
