"""The register of disclosures in the admin: entries are added, never changed; whether their person was told is."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy.audit import labels, trail
from privacy.audit.admin_base import AuditedModelAdmin, actor_column
from privacy.recipients import disclosures, notice_preview, notices
from privacy.recipients.disclosure_forms import DecisionForm, DisclosureForm, NoticeForm, PostedForm
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice, Way
from privacy.web import recent_sign_in, spreadsheets

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DECIDED_BY = actor_column("decided_by", _("decided by"))
TOO_LATE = _("This is not possible (any more): the page shows what is.")
NOTICE_FIELDS = ("way", "silence", "reason", "explanation", "until", "due_on", "means", "told_at")
DISCLOSURE_FIELDS = (
    "at", "recipient", "ground", "provision", "categories", "is_about_client", "authorised_on", "authorisation",
    "about",
)  # fmt: skip


class ToldFilter(SimpleListFilter):
    title = _("whether the person was told")
    parameter_name = "told"

    def lookups(
        self, request: HttpRequest, model_admin: "ModelAdmin[Disclosure]"
    ) -> "list[tuple[str, StrOrPromise]]":
        return [
            ("waiting", _("To be told")),
            ("now", _("To be told now")),
            ("told", _("Told")),
            ("not", _("Not told, with the reason")),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Disclosure]") -> "QuerySet[Disclosure]":
        today, rows = timezone.localdate(), DisclosureNotice.objects
        undecided = queryset.filter(notice=None)
        if self.value() == "waiting":
            return queryset.filter(notice__in=rows.waiting()) | undecided
        if self.value() == "now":
            return queryset.filter(notice__in=rows.to_tell(today)) | undecided
        if self.value() == "told":
            return queryset.filter(notice__told_at__isnull=False)
        return queryset.filter(notice__way=Way.NOT) if self.value() == "not" else queryset


@admin.register(Disclosure)
class DisclosureAdmin(AuditedModelAdmin):
    records_changes = False  # disclosures.disclose writes a fuller audit entry
    list_display = ("at", "recipient", "shown_notice", "ground", "shown_categories", "about", DECIDED_BY)
    list_filter = (ToldFilter, "ground", "is_about_client")
    list_select_related = ("notice",)
    search_fields = ("recipient", "=about")
    date_hierarchy = "at"
    change_form_template = "admin/privacy/disclosure/change_form.html"
    change_list_template = "admin/privacy/disclosure/change_list.html"
    fields = (
        "about", "recipient", "ground", "provision", "shown_categories", "at", "is_about_client", "authorised_on",
        "authorisation", DECIDED_BY,
    )  # fmt: skip
    readonly_fields = ("shown_categories", DECIDED_BY)

    @admin.display(description=_("data concerned"))
    def shown_categories(self, disclosure: Disclosure) -> str:
        return disclosure.get_categories_display()

    @admin.display(description=_("the person is"))
    def shown_notice(self, disclosure: Disclosure) -> str:
        return notice_state(notice_of(disclosure), now=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        form = require_http_methods(["GET", "HEAD", "POST"])
        register = require_safe(recent_sign_in.required(self.register))
        return [
            path("register.csv", wrap(register), name="privacy_disclosure_register"),
            path("<int:pk>/notice/", wrap(form(self.decide)), name="privacy_disclosure_notice"),
            path("<int:pk>/letter/", wrap(require_safe(self.letter)), name="privacy_disclosure_letter"),
            path("<int:pk>/posted/", wrap(require_POST(self.posted)), name="privacy_disclosure_posted"),
            path("<int:pk>/returned/", wrap(require_POST(self.returned)), name="privacy_disclosure_returned"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Nothing is entered before what leaves was read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form, now = DisclosureForm(request.POST or None), timezone.now()
        found = notice_preview.of_new(form) if form.is_valid() else None
        if found is not None and found.is_confirmed(form) and self._enter(request, form, now):
            return redirect("admin:privacy_disclosure_changelist")
        return self._form_page(request, form, found, title=_("Enter a disclosure"))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell the person now, later or not, of a disclosure that stands in the register."""
        disclosure, now = self._disclosure(request, pk), timezone.now()
        form = DecisionForm(request.POST or None, initial=notice_preview.initial(notice_of(disclosure)))
        found = notice_preview.of_entered(form, disclosure) if form.is_valid() else None
        if found is not None and found.is_confirmed(form) and self._decide(request, form, disclosure, now):
            return redirect("admin:privacy_disclosure_change", pk)
        if request.method != "POST":
            self.note_view(request, disclosure)
        return self._form_page(request, form, found, title=_("Tell the person"), original=disclosure)

    def letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The PDF to print. On record."""
        disclosure, now = self._disclosure(request, pk), timezone.now()
        notice = notice_of(disclosure)
        if notice is None or not notice.waits_for_post:
            raise Http404
        self.note_view(request, disclosure)
        name = f"{gettext('disclosure')}-{pk}.pdf"
        return _attachment(notices.letter(notice, now=now), "application/pdf", name)

    def posted(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._disclosure(request, pk)
        form = PostedForm(request.POST)
        try:
            if form.is_valid():
                notices.mark_posted(pk, day=form.cleaned_data["day"], now=timezone.now())
                messages.success(
                    request, gettext("The letter is marked as posted: the person counts as told.")
                )
            else:
                messages.error(request, gettext("Enter the day on which the letter was posted."))
        except notices.PostingDateError:
            messages.error(
                request, gettext("The day lies between the one on which the letter was written and today.")
            )
        except notices.NotPostedError:
            messages.error(request, str(TOO_LATE))
        return redirect("admin:privacy_disclosure_change", pk)

    def returned(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail bounced, or the letter came back."""
        self._disclosure(request, pk)
        try:
            notices.came_back(pk, now=timezone.now())
            messages.warning(
                request, gettext("The person counts as not told. Find another address and tell them.")
            )
        except notices.NotToldError:
            messages.error(request, str(TOO_LATE))
        return redirect("admin:privacy_disclosure_change", pk)

    def register(self, request: HttpRequest) -> HttpResponse:
        """The whole register as a table, in the active language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        trail.record("privacy.disclosure.exported", now=now)
        name = f"{gettext('disclosures')}-{timezone.localdate(now)}.csv"
        table = register_rows(self.get_queryset(request).select_related("notice"), now=now)
        return _attachment(spreadsheets.as_csv(table).encode(), "text/csv; charset=utf-8", name)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: object, **facts: object
    ) -> HttpResponse:
        disclosure = context.get("original")
        if isinstance(disclosure, Disclosure):
            notice = notice_of(disclosure)
            context["notice"], context["state"] = notice, notice_state(notice, now=timezone.now())
            context["may_decide"] = self.has_add_permission(request)
            context["posted"] = PostedForm(initial={"day": timezone.localdate()})
            context["is_open"] = notice is None or not notice.is_told
        return super().render_change_form(request, context, *args, **facts)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Disclosure | None = None) -> bool:
        """An entry is corrected by another one."""
        return False

    def _disclosure(self, request: HttpRequest, pk: int) -> Disclosure:
        if not self.has_add_permission(request):
            raise PermissionDenied
        found: Disclosure = get_object_or_404(self.get_queryset(request).select_related("notice"), pk=pk)
        return found

    def _enter(self, request: HttpRequest, form: DisclosureForm, now: datetime) -> bool:
        try:
            entered = disclosures.disclose(form.people(), facts=form.facts(), plan=form.plan(), now=now)
        except disclosures.AlreadyEnteredError:
            form.add_error(
                None, _("This stands in the register already: the same person, recipient, day and hour.")
            )
            return False
        messages.success(request, gettext("Entered in the register: %(number)d.") % {"number": len(entered)})
        return True

    def _decide(
        self, request: HttpRequest, form: DecisionForm, disclosure: Disclosure, now: datetime
    ) -> bool:
        is_same = form.cleaned_data["is_same_person"]
        (whom,) = form.people()
        try:
            notices.decide(disclosure.pk, whom=whom, plan=form.plan(), is_same_person=is_same, now=now)
        except notices.OtherPersonError:
            form.add_error(
                "is_same_person",
                _(
                    "This is not the address under which the disclosure was entered. Does it belong to the same person?"
                ),
            )
            return False
        except notices.AlreadyToldError:
            messages.error(request, str(TOO_LATE))
            return True
        messages.success(request, gettext("Written down."))
        return True

    def _form_page(
        self,
        request: HttpRequest,
        form: NoticeForm,
        found: notice_preview.NoticePreview | None,
        *,
        title: "StrOrPromise",
        original: Disclosure | None = None,
    ) -> HttpResponse:
        facts = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "found": found if form.is_valid() else None,
            "original": original,
            "title": title,
        }
        return TemplateResponse(request, "admin/privacy/disclosure/form.html", facts)


def notice_of(disclosure: Disclosure) -> DisclosureNotice | None:
    """None where the disclosure was entered before this was asked."""
    return getattr(disclosure, "notice", None)


def notice_state(notice: DisclosureNotice | None, *, now: datetime) -> str:
    """In words, in the language in force."""
    if notice is None:
        return gettext("nobody has decided yet")
    today = timezone.localdate(now)
    words = {
        "day": date_format(notice.due_on) if notice.due_on else "",
        "until": date_format(notice.until) if notice.until else "",
        "at": date_format(timezone.localtime(notice.told_at)) if notice.told_at else "",
        "means": notice.get_means_display(),
        "ground": notice.get_silence_display(),
    }
    if notice.is_told:
        return gettext("told on %(at)s, %(means)s") % words
    if notice.way == Way.NOT:
        return gettext("not told: %(ground)s") % words
    if notice.is_secret(today):
        return gettext("told later: may not be told until %(until)s") % words
    return gettext("not told yet: to be told by %(day)s") % words


def register_rows(rows: "QuerySet[Disclosure]", *, now: datetime) -> list[Sequence[object]]:
    """A heading and a row for each disclosure, in the language in force."""
    titles = [*_titles(Disclosure, DISCLOSURE_FIELDS), *_titles(DisclosureNotice, NOTICE_FIELDS)]
    table: list[Sequence[object]] = [[gettext("Number"), *titles, capfirst(gettext("decided by"))]]
    for row in rows:
        notice = notice_of(row)
        told = [_cell(notice, name) for name in NOTICE_FIELDS]
        told[0] = notice_state(notice, now=now)
        who = labels.actor_label(row.decided_by)
        table.append([row.pk, *(_cell(row, name) for name in DISCLOSURE_FIELDS), *told, who])
    return table


def _titles(model: type[models.Model], names: Sequence[str]) -> list[str]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return [capfirst(str(fields[name].verbose_name)) for name in names]


def _cell(row: Disclosure | DisclosureNotice | None, name: str) -> object:
    if row is None:
        return ""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if callable(display) else getattr(row, name)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "" if value is None else str(value)


def _attachment(content: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def panel(request: HttpRequest, *, now: datetime) -> SafeString | None:
    """For the first page of the admin: whom a disclosure is still to be told, and which wait past their date."""
    if not request.user.has_perm("privacy.add_disclosure"):
        return None
    today, live = timezone.localdate(now), DisclosureNotice.objects.live(now)
    facts = {
        "undecided": Disclosure.objects.live(now).to_decide().count(),
        "to_tell": live.to_tell(today).count(),
        "late": live.late(today).count(),
        "waiting": live.waiting().count(),
    }
    if not facts["undecided"] + facts["waiting"]:
        return None
    return render_to_string("admin/privacy/disclosure/panel.html", facts, request)
