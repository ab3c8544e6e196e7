"""Lists at the desk: brought in and checked, then people are asked; undone within a day."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consent.imports import lists, reading
from consent.imports.admin_forms import ListForm
from consent.imports.checking import REASONS, Reason
from consent.imports.models import LEFT_OUT, ListedAddress, ListState, ProspectList
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.web import recent_sign_in, spreadsheets

TOO_LATE = _("This is not possible (any more): the page shows what is.")
PERCENT = 100
BRING_IN = ("consent.add_prospectlist", "consent.add_listedaddress")
"""Lists are about nobody, their lines are about people: without a training nothing is brought in."""


@admin.register(ProspectList)
class ProspectListAdmin(ReadOnlyAuditedAdmin):
    records_changes = False  # consent.imports.lists writes fuller audit entries
    list_display = (
        "title", "state", "read_at", "lines_read", "lines_refused", "lines_asked", "lines_skipped",
    )  # fmt: skip
    list_filter = ("state",)
    fields = (
        "title", "state", "read_at", "started_at", "lines_read", "lines_refused", "lines_asked", "lines_skipped",
        "get_entity_display", "policy_version",
    )  # fmt: skip
    readonly_fields = ("get_entity_display",)
    change_form_template = "admin/consent/prospectlist/change_form.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perms(BRING_IN)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        start, undo = require_POST(self.start), require_POST(self.undo)
        left_out = require_safe(recent_sign_in.required(self.left_out))
        return [
            path("template.csv", wrap(require_safe(self.template)), name="consent_prospectlist_template"),
            path("<int:pk>/start/", wrap(start), name="consent_prospectlist_start"),
            path("<int:pk>/undo/", wrap(undo), name="consent_prospectlist_undo"),
            path("<int:pk>/left-out.csv", wrap(left_out), name="consent_prospectlist_left_out"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Read and check: nobody is asked yet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and (made := self._bring_in(form)):
            return redirect("admin:consent_prospectlist_change", made.pk)
        context = {"opts": self.opts, "title": gettext("Bring in a list"), "form": form}
        shown = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/consent/prospectlist/bring_in.html", shown)

    def _bring_in(self, form: ListForm) -> ProspectList | None:
        data = form.cleaned_data
        try:
            return lists.bring_in(data["file"], title=data["title"], common=form.common(), now=timezone.now())
        except reading.UnreadableListError as error:
            form.add_error("file", str(error))
            return None

    def template(self, request: HttpRequest) -> HttpResponse:
        """A file whose first line names the columns."""
        if not self.has_add_permission(request):
            raise Http404
        return _csv(gettext("list"), reading.template(get_language() or "en"))

    def left_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Each line that was refused or left out, and why. On record."""
        found, now = self._found(request, pk), timezone.now()
        self.note_export("csv")
        rows = ListedAddress.objects.live(now).filter(list=found, state__in=LEFT_OUT)
        heading = (gettext("Line"), gettext("E-mail address"), gettext("Why it was left out"))
        table = [(str(row.number), row.email, str(REASONS[Reason(row.reason)])) for row in rows]
        return _csv(gettext("left out"), [heading, *table])

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(request, pk, self._start)

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._do(request, pk, self._undo)

    def _start(self, pk: int) -> str:
        lists.start(pk, now=timezone.now())
        return gettext("The people on this list are being asked, some every minute.")

    def _undo(self, pk: int) -> str:
        done = lists.undo(pk, now=timezone.now())
        facts = {"gone": done.gone, "confirmed": done.confirmed}
        said = gettext(
            "Undone: lines deleted: %(gone)d. Confirmed before, who stay prospects: %(confirmed)d."
        )
        return said % facts

    def _do(self, request: HttpRequest, pk: int, act: Callable[[int], str]) -> HttpResponse:
        self._found(request, pk)
        try:
            messages.success(request, act(pk))
        except lists.NotNowError:
            messages.error(request, str(TOO_LATE))
        return redirect("admin:consent_prospectlist_change", pk)

    def _found(self, request: HttpRequest, pk: int) -> ProspectList:
        found: ProspectList | None = self.get_object(request, str(pk))
        if found is None or not self.has_add_permission(request):
            raise Http404
        return found

    def change_view(self, *args: Any, **facts: Any) -> HttpResponse:
        response = super().change_view(*args, **facts)
        shown = getattr(response, "context_data", None) or {}
        if getattr(shown.get("original"), "state", "") == ListState.ASKING:
            response.headers["Refresh"] = "15"  # seconds
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        found, now = context["original"], timezone.now()
        may_act = self.has_add_permission(request)
        dealt_with = found.lines_asked + found.lines_skipped
        to_ask = found.lines_read - found.lines_refused
        context["progress"] = dealt_with * PERCENT // to_ask if to_ask else PERCENT
        context["dealt_with"], context["to_ask"] = dealt_with, to_ask
        context["may_start"] = may_act and found.may_start(now)
        context["may_undo"] = may_act and found.may_undo(now)
        context["reasons"] = [(REASONS[why], number) for why, number in lists.reasons(found, now=now)]
        context["has_left_out"] = may_act and found.lines.filter(state__in=LEFT_OUT).exists()
        return super().render_change_form(request, context, *args, **facts)


@admin.register(ListedAddress)
class ListedAddressAdmin(ReadOnlyAuditedAdmin):
    list_display = ("number", "list", "email", "language", "state", "why")
    list_filter = ("state", "list")
    list_select_related = ("list",)
    search_fields = ("=email",)
    fields = (
        "list",
        "number",
        "email",
        "language",
        "source",
        "obtained_on",
        "proof",
        "state",
        "why",
        "kept_from",
    )
    readonly_fields = ("why",)

    @admin.display(description=_("why"))
    def why(self, row: ListedAddress) -> str:
        return str(REASONS[Reason(row.reason)]) if row.reason else ""


def _csv(name: str, rows: Any) -> HttpResponse:
    day = timezone.localdate()
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}-{day}.csv")
    content = spreadsheets.as_csv(rows).encode()
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
