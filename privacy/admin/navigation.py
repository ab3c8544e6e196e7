"""Trends at the desk: days, pages and sites as plots, each beside its numbers."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy import totals, trends
from privacy.admin.desk import ReadOnlyDeskAdmin
from privacy.models import DailyTotal

SPANS = {"30": _("30 days"), "90": _("90 days"), "180": _("180 days"), "730": _("two years")}
FIRST_SPAN = "30"


@admin.register(DailyTotal)
class DailyTotalAdmin(ReadOnlyDeskAdmin):
    """Numbers that name nobody."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The plots."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        span = request.GET.get("days", FIRST_SPAN)
        span = span if span in SPANS else FIRST_SPAN
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trends of visits"),
            "trends": trends.trends(days=int(span), now=timezone.now()),
            "span": span,
            "spans": SPANS.items(),
            "other": totals.OTHER,
            "smallest_crowd": totals.SMALLEST_CROWD,
        }
        return TemplateResponse(request, "admin/privacy/dailytotal/trends.html", context)
