"""Promises in the admin: the results of the checks, and a button to check now."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from privacy.access import waiting
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.breaches import admin as breaches_admin
from privacy.promises import checking
from privacy.promises.models import PromiseResult
from privacy.recipients import disclosures_admin


@admin.register(PromiseResult)
class PromiseResultAdmin(ReadOnlyAuditedAdmin):
    """The history: one row for as long as a promise stays kept, or broken."""

    list_filter = ("is_kept",)
    search_fields = ("key",)
    ordering = ("is_kept", "-since", "key")
    change_list_template = "admin/privacy/promiseresult/list.html"

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[PromiseResult], str], ...]:
        """The statement of the promise; the key of one that no longer exists."""
        worded = {promise.key: promise.statement for promise in checking.registry()}

        @admin.display(description=_("promise"), ordering="key")
        def statement(result: PromiseResult) -> str:
            return worded.get(result.key, result.key)

        return (statement, "is_kept", "figure", "among", "since", "checked_at", "error")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.check_now))
        return [path("check/", view, name="privacy_promiseresult_check"), *super().get_urls()]

    def check_now(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = checking.check(now=timezone.now())
        self.message_user(request, _("%(number)d promises were checked.") % {"number": len(found)})
        return redirect("admin:privacy_promiseresult_changelist")


def panel(request: HttpRequest, *, now: datetime) -> SafeString:
    """For the first page of the admin: what is missing or waits, and how the promises stand."""
    panels = (waiting.panel, breaches_admin.panel, disclosures_admin.panel, _promises)
    found = filter(None, (each(request, now=now) for each in panels))
    return format_html_join("\n", "{}", ([each] for each in found))


def _promises(request: HttpRequest, *, now: datetime) -> SafeString:
    """How many promises there are, and which are broken."""
    found = checking.statuses(now=now)
    checked = [status.result.checked_at for status in found if status.result]
    facts = {"total": len(found), "broken": checking.broken(found), "checked_at": min(checked, default=None)}
    return render_to_string("admin/privacy/promises_panel.html", facts, request)
