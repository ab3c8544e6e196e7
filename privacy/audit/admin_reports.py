"""Admin pages that show one report in place of the list of rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.datamap.declarations import Text


class ReportAdmin(ReadOnlyAuditedAdmin):
    """One page under ``heading``, rendered by ``report_template`` (which extends ``admin/privacy/report.html``)."""

    heading: Text
    report_template: str

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, object]:
        """The context of the page."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        facts = self.get_report(request, now=timezone.now())
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": self.heading, **facts}
        return TemplateResponse(request, self.report_template, context)


class SpanReportAdmin(ReportAdmin):
    """A report over as many days as the reader chooses among ``spans`` (days as text: label); at first the first."""

    spans: ClassVar[Mapping[str, Text]]

    def get_report_for_days(self, days: int, *, now: datetime) -> dict[str, object]:
        """The context of the page for the last ``days``."""
        raise NotImplementedError

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, object]:
        first = next(iter(self.spans))
        span = request.GET.get("days", first)
        span = span if span in self.spans else first
        return {"span": span, "spans": self.spans.items(), **self.get_report_for_days(int(span), now=now)}
