"""The report of trends in the admin."""

from datetime import datetime
from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from privacy.audit.admin_reports import SpanReportAdmin
from privacy.visits import daily_totals, trends
from privacy.visits.counting_models import DailyTotal


@admin.register(DailyTotal)
class DailyTotalAdmin(SpanReportAdmin):
    heading = _("Trends of visits")
    report_template = "admin/privacy/dailytotal/trends.html"
    spans: ClassVar = {"30": _("30 days"), "90": _("90 days"), "180": _("180 days"), "730": _("two years")}

    def get_report_for_days(self, days: int, *, now: datetime) -> dict[str, object]:
        return {
            "trends": trends.trends(days=days, now=now),
            "other": daily_totals.OTHER,
            "smallest_crowd": daily_totals.SMALLEST_CROWD,
        }
