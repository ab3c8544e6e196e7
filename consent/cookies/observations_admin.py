from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.cookies import observations, registry
from consent.cookies.observation_models import CookieObservation
from privacy.audit.admin_reports import ReportAdmin


@admin.register(CookieObservation)
class CookieObservationAdmin(ReportAdmin):
    heading = _("Cookies declared, cookies seen")
    report_template = "admin/consent/cookieobservation/report.html"

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, object]:
        return {"lines": observations.report(registry.reload()), "now": now}
