"""The report on cookies: what is declared beside what was seen."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import registry, sightings
from consent.models import CookieSighting
from privacy.admin.desk import ReadOnlyDeskAdmin


@admin.register(CookieSighting)
class CookieSightingAdmin(ReadOnlyDeskAdmin):
    """Faults first, in red."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The whole report on one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Cookies declared, cookies seen"),
            "lines": sightings.report(registry.reload()),
            "now": timezone.now(),
        }
        return TemplateResponse(request, "admin/consent/cookiesighting/report.html", context)
