"""Statistics of requests: a table by month and right, a chart, and the same for a spreadsheet."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dsr.desk.base import RequestAdminBase
from dsr.lifecycle import statistics
from dsr.lifecycle.models import RequestCounter
from dsr.rules.rights import IN_LAW, Right
from privacy.audit import trail
from privacy.web import spreadsheets


def addresses(desk: RequestAdminBase) -> list[URLPattern]:
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        _check(request)
        found = statistics.by_month_and_right(RequestCounter.objects.all())
        lines = [(month, IN_LAW[Right(right)], each) for (month, right), each in found.items()]
        months: dict[date, list[statistics.RequestStatistics]] = {}
        for month, _right, each in reversed(lines):
            months.setdefault(month, []).append(each)
        totals = [(month, statistics.merge(parts)) for month, parts in months.items()]
        most = max((max(whole.received, whole.answered) for _month, whole in totals), default=0)
        facts = {
            "lines": lines,
            "whole": statistics.merge(found.values()),
            "bars": [(month, whole, _share(whole.received, most)) for month, whole in totals],
            "title": gettext("Figures of requests"),
        }
        return render(
            request, "admin/dsr/statistics.html", {**desk.admin_site.each_context(request), **facts}
        )

    @require_safe
    def file(request: HttpRequest) -> HttpResponse:
        _check(request)
        trail.record("dsr.statistics.exported", now=timezone.now(), detail={"form": "csv"})
        headers = {"Content-Disposition": 'attachment; filename="requests.csv"', "Cache-Control": "no-store"}
        return HttpResponse(
            spreadsheets.as_csv(statistics.table()), content_type="text/csv; charset=utf-8", headers=headers
        )

    wrap = desk.admin_site.admin_view
    return [
        path("figures/", wrap(page), name="dsr_subjectrequest_statistics"),
        path("figures.csv", wrap(file), name="dsr_subjectrequest_statistics_csv"),
    ]


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("dsr.view_subjectrequest"):
        raise PermissionDenied


def _share(number: int, most: int) -> int:
    return round(100 * number / most) if most else 0
