"""Rows that are read together: the place of their list is taken by one report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from privacy.audit.admin_base import ReadOnlyAuditedAdmin


class ReportAdmin(ReadOnlyAuditedAdmin):
    """One page under ``heading``, made by ``report_template`` (which extends ``admin/privacy/report.html``)."""

    heading: Any
    report_template: str

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, Any]:
        """What the page shows."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The report."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        facts = self.get_report(request, now=timezone.now())
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": self.heading, **facts}
        return TemplateResponse(request, self.report_template, context)


class SpanReportAdmin(ReportAdmin):
    """A report over as many days as the reader chooses among ``spans``; at first the fewest."""

    spans: ClassVar[Mapping[str, Any]]

    def get_report_for_days(self, days: int, *, now: datetime) -> dict[str, Any]:
        """What the page shows of the last ``days``."""
        raise NotImplementedError

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, Any]:
        """The chosen span, and what there is to say of it."""
        first = next(iter(self.spans))
        span = request.GET.get("days", first)
        span = span if span in self.spans else first
        return {"span": span, "spans": self.spans.items(), **self.get_report_for_days(int(span), now=now)}
