"""The monthly reports in the admin: who looked at whose data. Each look at a report is on record itself."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.datamap.registry import holding
from privacy.oversight import reports
from privacy.oversight.models import FIGURES, LookCount, LookReport

MOST_SHOWN = 50  # records of one account, those looked at most often


@dataclass(frozen=True)
class SeenRecord:
    """A record that an account looked at: ``address`` opens it, which is a look as well."""

    label: str
    about: str
    times: int
    address: str
    has_case: bool
    is_unknown: bool


@dataclass(frozen=True)
class AccountLine:
    """One account of the report, with whose data it looked at."""

    name: str
    count: LookCount
    figures: list[int]
    records: list[SeenRecord]


@admin.register(LookReport)
class LookReportAdmin(ReadOnlyAuditedAdmin):
    list_display = ("month_name", "accounts", "looks", "unusual", "written_at")
    date_hierarchy = "month"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).prefetch_related("counts")

    @admin.display(description=_("month"), ordering="month")
    def month_name(self, report: LookReport) -> str:
        return capfirst(str(report))

    @admin.display(description=_("accounts"))
    def accounts(self, report: LookReport) -> int:
        return len(report.counts.all())

    @admin.display(description=_("looks"))
    def looks(self, report: LookReport) -> int:
        return sum(each.looks for each in report.counts.all())

    @admin.display(description=_("accounts with unusually many looks"))
    def unusual(self, report: LookReport) -> int:
        return sum(each.is_unusual for each in report.counts.all())

    def has_view_permission(self, request: HttpRequest, obj: LookReport | None = None) -> bool:
        """The row of a month is about nobody; what the page shows is about staff, and about whom they looked at."""
        sees_counts = request.user.has_perm("privacy.view_lookcount")
        return sees_counts and super().has_view_permission(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404
        if not self.has_view_permission(request, report) or request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        self._record("viewed", report)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Looks at people’s data"),
            "report": report,
            "titles": [capfirst(str(holding(LookCount).field_label(name))) for name in FIGURES],
            "lines": _lines(report),
        }
        return TemplateResponse(request, "admin/privacy/lookreport/report.html", context)


def _lines(report: LookReport) -> list[AccountLine]:
    """The accounts with most looks first."""
    seen, names = reports.by_account(report.month), _names(report)
    counts = report.counts.order_by("-is_unusual", "-looks", "account")
    return [
        AccountLine(
            names.get(each.account) or labels.actor_label(f"user:{each.account}"),
            each,
            [getattr(each, name) for name in FIGURES],
            _records(seen.get(each.account)),
        )
        for each in counts
    ]


def _names(report: LookReport) -> dict[int, str]:
    """By number of the account; nothing for one that is gone."""
    accounts: QuerySet[Any] = get_user_model()._default_manager.filter(pk__in=report.counts.values("account"))
    return {each.pk: each.get_username() for each in accounts}


def _records(seen: reports.AccountLooks | None) -> list[SeenRecord]:
    most = seen.records.most_common(MOST_SHOWN) if seen else []
    return [
        SeenRecord(
            f"{labels.model_label(kind)} {key}".strip(),
            about,
            times,
            _address(kind, key),
            seen is not None and about in seen.cases,
            seen is not None and (kind, key, about) in seen.unknown,
        )
        for (kind, key, about), times in most
    ]


def _address(kind: str, key: str) -> str:
    try:
        return reverse(f"admin:{kind.replace('.', '_')}_change", args=[key])
    except NoReverseMatch:
        return ""
