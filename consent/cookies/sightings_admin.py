"""The report on cookies: what is declared beside what was seen."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.cookies import registry, sightings
from consent.cookies.sighting_models import CookieSighting
from privacy.audit.admin_reports import ReportAdmin


@admin.register(CookieSighting)
class CookieSightingAdmin(ReportAdmin):
    """Faults first, in red."""

    heading = _("Cookies declared, cookies seen")
    report_template = "admin/consent/cookiesighting/report.html"

    def get_report(self, request: HttpRequest, *, now: datetime) -> dict[str, Any]:
        """The whole report on one page."""
        return {"lines": sightings.report(registry.reload()), "now": now}
