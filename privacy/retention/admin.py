"""The purge in the admin: preview, run now, confirm, certificates."""

from contextlib import suppress
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.datamap import stores
from privacy.datamap.declarations import Text
from privacy.datamap.registry import holdings
from privacy.retention import advance_notice, purge, safeguard, schedule
from privacy.retention import preview as purge_preview
from privacy.retention.models import PurgeRun
from privacy.rights.models import Hold
from privacy.web.fields import TextField

RELOAD_SECONDS = "2"


@admin.register(PurgeRun)
class PurgeRunAdmin(ReadOnlyAuditedAdmin):
    list_display = ("__str__", "requested_at", "started_at", "ended_at", "shown_state", "policy_version")
    list_filter = ("state",)
    date_hierarchy = "requested_at"
    change_list_template = "admin/privacy/purgerun/list.html"

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, run: PurgeRun) -> str:
        """As :func:`purge.state_of`: the row of a killed purge still says that it runs."""
        return str(purge.state_of(run).label)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("preview/", wrap(require_GET(self.preview)), name="privacy_purgerun_preview"),
            path("due/<str:label>/", wrap(require_GET(self.due)), name="privacy_purgerun_due"),
            path("ask/", wrap(require_POST(self.run_now)), name="privacy_purgerun_run"),
            path("<int:pk>/confirm/", wrap(require_POST(self.confirm)), name="privacy_purgerun_confirm"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        rules = _rules(now)
        context = {
            "title": _("What a purge would delete now"),
            "rules": [rule for rule in rules if not rule.is_idle],
            "idle": [rule for rule in rules if rule.is_idle],
            "expired": sum(rule.expired.count + rule.kept for rule in rules),
            "kept": sum(rule.kept for rule in rules),
            "early": sum(rule.early.count for rule in rules),
            "stores": purge_preview.in_stores(now=now),
            "detached": sum(rule.detached for rule in rules),
            "now": now,
            "holds": Hold.objects.in_force().count(),
            **_runs(now),
            "may_run": request.user.has_perm("privacy.run_purge"),
        }
        return self._page(request, "preview", context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **_runs(timezone.now())})

    def due(self, request: HttpRequest, label: str) -> HttpResponse:
        """The records that a purge would delete now, or by tomorrow: numbers, dates and pseudonyms, no content.

        A pseudonym is personal data: figures alone are open to whoever sees purges.
        """
        listed = (known for known in holdings() if known.data.purged_by.is_by_row)
        known = next((known for known in listed if known.label == label), None)
        if not request.user.has_perm("privacy.run_purge"):
            raise PermissionDenied
        if known is None:
            raise Http404
        now, is_coming = timezone.now(), "tomorrow" in request.GET
        until = now + advance_notice.AHEAD if is_coming else now
        marks = {name: request.GET.get(name, "") for name in ("before", "after")}
        page = purge_preview.due_page(known, until=until, **marks)
        facts = {"holding": known, "page": page, "is_coming": is_coming, "until": until, "now": now}
        return self._page(request, "due", {"title": known.data.label, **facts})

    def run_now(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("privacy.run_purge"):
            raise PermissionDenied
        run = purge.request(now=timezone.now())
        return redirect("admin:privacy_purgerun_change", run.pk)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("privacy.run_purge"):
            raise PermissionDenied
        form = ConfirmForm(request.POST)
        if form.is_valid():
            with suppress(safeguard.NoRefusedPurgeError):  # somebody else was first: the page shows the state
                safeguard.confirm(get_object_or_404(PurgeRun, pk=pk), now=timezone.now(), **form.cleaned_data)
        else:
            messages.error(request, _("Write why this purge is right all the same."))
        return redirect("admin:privacy_purgerun_change", pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        """The certificate."""
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        key = unquote(object_id)
        run = get_object_or_404(PurgeRun, pk=key if key.isdecimal() and len(key) < 19 else None)
        state = purge.state_of(run)
        lines = [(_label(line.holding), line) for line in run.lines.order_by("-count", "id")]
        context = {"title": _("Certificate of purge"), "run": run, "state": state, "lines": lines}
        context["early"] = any(line.early for _holding, line in lines)
        context["suspicions"] = [(_label(each["holding"]), each) for each in run.suspicions]
        if request.user.has_perm("privacy.run_purge"):
            context["confirm_form"] = ConfirmForm()
        response = self._page(request, "certificate", context)
        if state in {PurgeRun.State.REQUESTED, PurgeRun.State.RUNNING}:
            response.headers["Refresh"] = RELOAD_SECONDS
        return response

    def _page(self, request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
        facts = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/privacy/purgerun/{name}.html", facts)


def _rules(now: datetime) -> list[purge_preview.RulePreview]:
    """What each rule deletes now, and how many more by tomorrow; those with something to delete first, most first."""
    rules = purge_preview.with_kept(purge_preview.by_rule(now=now, ahead=advance_notice.AHEAD))
    return sorted(rules, key=lambda rule: (-rule.count, -rule.coming))


def _runs(now: datetime) -> dict[str, object]:
    """When the last purge ended, and what is to be said of the next."""
    last = PurgeRun.objects.filter(state=PurgeRun.State.FINISHED).first()
    return {"last": last, "next_run": schedule.next_run(now=now)}


def _label(holding: str) -> Text:
    """The label of a holding; its name when no rule of today knows it."""
    labels: dict[str, Text] = {store.name: store.data.label for store in stores.personal()}
    return labels.get(holding) or next(
        (known.data.label for known in holdings() if known.label == holding), holding
    )


class ConfirmForm(forms.Form):
    """Why a purge that looks wrong is right."""

    reason = TextField(label=capfirst(_("reason")), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
