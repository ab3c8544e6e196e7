"""Policy versions in the admin: read the published ones, publish the next."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.policy import drift, publishing
from privacy.policy.models import PolicyVersion


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAuditedAdmin):
    """Read-only: a changed text is a new version."""

    list_display = ("number", "published_at", "is_intact", "page", "sha256")
    fields = ("number", "published_at", "is_intact", "page", "sha256")
    readonly_fields = ("is_intact", "page")

    @admin.display(boolean=True, description=_("unaltered"))
    def is_intact(self, version: PolicyVersion) -> bool:
        """Whether the stored texts still match their digests."""
        return publishing.is_intact(version)

    @admin.display(description=_("page"))
    def page(self, version: PolicyVersion) -> SafeString:
        address = reverse("privacy:version", args=[version.number])
        return format_html('<a href="{}">{}</a>', address, address)

    def get_urls(self) -> list[URLPattern]:
        publish = path(
            "publish/", self.admin_site.admin_view(self.publish), name="privacy_policyversion_publish"
        )
        return [publish, *super().get_urls()]

    def may_publish(self, request: HttpRequest) -> bool:
        """The add permission, although versions are added in this way alone."""
        return request.user.has_perm("privacy.add_policyversion")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Shows where the version in force no longer agrees with the rules."""
        current = publishing.in_force()
        found = drift.of(current) if current else []
        return super().changelist_view(request, {"may_publish": self.may_publish(request), "drift": found})

    def publish(self, request: HttpRequest) -> HttpResponse:
        """GET shows a preview, POST publishes."""
        if not self.may_publish(request):
            raise PermissionDenied
        try:
            preview = publishing.preview(get_language() or "")
            if request.method == "POST":
                version = publishing.publish(preview.number, now=timezone.now())
                messages.success(
                    request, _("%(version)s is in force.") % {"version": str(version).capitalize()}
                )
                return redirect("admin:privacy_policyversion_changelist")
            found: dict[str, object] = {"number": preview.number, "changed": preview.changed}
        except publishing.PublishingRefusedError as refusal:
            found = {"refusal": refusal}
        context = {**self.admin_site.each_context(request), "title": _("Publish a version"), **found}
        return render(request, "admin/privacy/policyversion/publish.html", context)
