"""Returned mail at the desk: what came back, what was stopped for it, and a page to enter more."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from consent.returns import returns
from consent.returns.forms import ReturnForm
from consent.returns.reports import NoReportError
from consent.undeliverable.models import MailReturn, StoppedAddress
from privacy.audit import trail
from privacy.audit.admin_base import ReadOnlyAuditedAdmin

ENTER = "consent.add_mailreturn"


@admin.register(MailReturn)
class MailReturnAdmin(ReadOnlyAuditedAdmin):
    list_display = ("returned_at", "kind", "status", "source")
    list_filter = ("kind", "source")
    date_hierarchy = "returned_at"
    exclude = ("digest",)
    change_list_template = "admin/consent/mailreturn/list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.enter))
        return [path("enter/", view, name="consent_mailreturn_enter"), *super().get_urls()]

    def enter(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(ENTER):
            raise PermissionDenied
        form = ReturnForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._take(request, form):
            return redirect("admin:consent_mailreturn_changelist")
        facts = {"opts": self.opts, "title": _("Enter mail that came back"), "form": form}
        return TemplateResponse(
            request, "admin/consent/mailreturn/enter.html", {**self.admin_site.each_context(request), **facts}
        )

    def _take(self, request: HttpRequest, form: ReturnForm) -> bool:
        now = timezone.now()
        try:
            reports = form.reports(day=timezone.localdate(now).isoformat())
        except NoReportError:
            form.refuse()
            return False
        taken = sum(returns.take(report, source=MailReturn.Source.DESK, now=now) for report in reports)
        trail.record("consent.mailreturn.entered", now=now, detail={"reports": len(reports), "taken": taken})
        _say(request, taken)
        return True


@admin.register(StoppedAddress)
class StoppedAddressAdmin(ReadOnlyAuditedAdmin):
    list_display = ("stopped_at", "reason")
    list_filter = ("reason",)
    date_hierarchy = "stopped_at"


def _say(request: HttpRequest, taken: int) -> None:
    if not taken:
        messages.info(request, gettext("Nothing new: it is known already, or about nobody we write to."))
        return
    messages.success(
        request,
        ngettext("%(count)d report was taken.", "%(count)d reports were taken.", taken) % {"count": taken},
    )
