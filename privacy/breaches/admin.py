"""The register of breaches in the admin: the facts, the clock, the notice to the CNIL, and the persons who are told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
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
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy.audit import trail
from privacy.audit.admin_base import AuditedModelAdmin, actor_column
from privacy.breaches import addresses, breaches, clock, drafts
from privacy.breaches.breach_forms import AddressesForm, BreachForm, NotificationForm, TellForm
from privacy.breaches.breaches import Need
from privacy.breaches.models import Breach, BreachNotification, Risk
from privacy.web import spreadsheets

TOO_LATE = _("This is not possible (any more): the page shows what is.")
NEEDS = {
    Need.ASSESS: _("Assess the risk"),
    Need.NOTIFY: _("Notify the CNIL"),
    Need.COMPLETE: _("Complete the notice to the CNIL"),
    Need.TELL: _("Tell the persons, or write down why not"),
}
NOTIFICATION_ERRORS = {
    breaches.SendingDateError: ("sent_at", _("This lies between the moment when we became aware and now.")),
    breaches.MissingReasonsError: ("delay_reasons", _("The 72 hours were over: write why it was late.")),
}
RECORDED_BY, CLOSED_BY = (
    actor_column("recorded_by", _("entered by")),
    actor_column("closed_by", _("closed by")),
)
WRITTEN = (
    (_("What happened"), ("title", "kinds", "aware_at", "began_at", "ended_at", "found_by", "facts", "processor")),
    (_("Whom and what it concerns"), ("persons", "persons_count", "categories", "records_count")),
    (_("Consequences and measures"), ("effects", "measures")),
    (_("Risk"), ("risk", "risk_reasons", "exemption", "exemption_reason")),
)  # fmt: skip
MOST_SHOWN = 200  # of those who wait
SHOWN = {"kinds": "shown_kinds", "persons": "shown_persons", "categories": "shown_categories"}


class StateFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Breach]") -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Breach]") -> "QuerySet[Breach]":
        if self.value() not in {"open", "closed"}:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "open")


@admin.register(Breach)
class BreachAdmin(AuditedModelAdmin):
    """Nothing is deleted here: only the purge does, five years after the closing."""

    form = BreachForm
    list_display = ("title", "aware_at", "shown_clock", "risk", "shown_needs", "shown_told", "closed_at")
    list_filter = (StateFilter, "risk")
    search_fields = ("title",)
    date_hierarchy = "aware_at"
    change_form_template = "admin/privacy/breach/change_form.html"
    change_list_template = "admin/privacy/breach/change_list.html"
    readonly_fields = (*SHOWN.values(), RECORDED_BY, CLOSED_BY, "recorded_at", "closed_at")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        first = BreachNotification.objects.order_by("sent_at", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("notifications", first))

    def get_fieldsets(self, request: HttpRequest, obj: Breach | None = None) -> Any:
        """What cannot be changed is shown in words."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        sets: list[Any] = [
            (title, {"fields": [name if may_write else SHOWN.get(name, name) for name in names]})
            for title, names in WRITTEN
        ]
        if obj:
            end = [] if obj.is_open else ["closed_at", CLOSED_BY]
            sets.append((_("In the register"), {"fields": ["recorded_at", RECORDED_BY, *end]}))
        return sets

    def has_change_permission(self, request: HttpRequest, obj: Breach | None = None) -> bool:
        """A closed file is opened again before it is changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    @admin.display(description=_("what happened to the data"))
    def shown_kinds(self, breach: Breach) -> str:
        return breach.get_kinds_display()

    @admin.display(description=_("categories of persons"))
    def shown_persons(self, breach: Breach) -> str:
        return breach.get_persons_display()

    @admin.display(description=_("categories of data"))
    def shown_categories(self, breach: Breach) -> str:
        return breach.get_categories_display()

    @admin.display(description=_("notice to the CNIL"))
    def shown_clock(self, breach: Breach) -> str:
        return clock_state(breach, now=timezone.now())

    @admin.display(description=_("to do"))
    def shown_needs(self, breach: Breach) -> str:
        return ", ".join(str(NEEDS[need]) for need in breaches.needs(breach)) if breach.is_open else ""

    @admin.display(description=_("persons told"))
    def shown_told(self, breach: Breach) -> int:
        return breach.notices.exclude(told_at=None).count()

    def save_model(self, request: HttpRequest, obj: Breach, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.recorded_at, obj.recorded_by = timezone.now(), trail.actor()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Breach, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On its page stands what comes next."""
        messages.success(request, gettext("The breach is in the register. The clock runs."))
        return redirect("admin:privacy_breach_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        form = require_http_methods(["GET", "HEAD", "POST"])

        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, wrap(view), name=f"privacy_breach_{name}")

        return [
            page("register.csv", require_safe(self.register), "register"),
            page("<int:pk>/notify/", form(self.notify), "notify"),
            page("<int:pk>/notice.pdf", require_safe(self.notice_as_pdf), "notice"),
            page("<int:pk>/tell/", form(self.tell), "tell"),
            page("<int:pk>/close/", require_POST(self.close), "close"),
            page("<int:pk>/reopen/", require_POST(self.reopen), "reopen"),
            page("<int:pk>/letters/<int:number>/", require_safe(self.letter), "letter"),
            page("<int:pk>/letters/<int:number>/told/", require_POST(self.told), "told"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        breach = context.get("original")
        if isinstance(breach, Breach):
            now = timezone.now()
            context |= {
                "state": clock_state(breach, now=now),
                "is_late": clock.is_late(breach.aware_at, now),
                "steps": clock.steps(breach.aware_at),
                "todo": [NEEDS[need] for need in breaches.needs(breach)] if breach.is_open else [],
                "may_act": self._may_act(request),
                "needs_persons_told": breach.risk == Risk.HIGH,
                **_persons(breach),
            }
        return super().render_change_form(request, context, *args, **facts)

    def notify(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write down what went to the authority, beginning with the draft from the register."""
        breach, now = self._open(request, pk), timezone.now()
        form = NotificationForm(
            request.POST or None,
            initial={"text": drafts.for_authority(breach, now=now).text(), "sent_at": now},
        )
        if form.is_valid() and self._note(form, pk, now):
            messages.success(request, gettext("The notice is in the register."))
            return redirect("admin:privacy_breach_change", pk)
        facts = {"form": form, "state": clock_state(breach, now=now)}
        return self._page(request, breach, "notify", _("Notify the CNIL"), facts)

    def notice_as_pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        breach, now = self._breach(request, pk), timezone.now()
        self.note_view(request, breach)
        content = drafts.for_authority_as_pdf(breach, now=now)
        return _attachment(content, "application/pdf", f"cnil-{pk}-{timezone.localdate(now)}.pdf")

    def tell(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Nobody is written to before what leaves was read."""
        breach, now = self._open(request, pk), timezone.now()
        initial = self._initial(request, breach, now)
        form = TellForm(request.POST or None, initial=initial)
        is_read = form.is_valid()
        if is_read and form.is_confirmed():
            data = form.cleaned_data
            result = breaches.tell(
                pk, people=form.people(), language=data["language"], text=data["text"], now=now
            )
            messages.success(request, _told_text(result))
            return redirect("admin:privacy_breach_change", pk)
        facts: dict[str, object] = {
            "form": form,
            "found": AddressesForm(request.GET if "holding" in request.GET else None),
            "addresses": str(initial["email"]).splitlines() if "email" in initial else None,
            "lacks": not (breach.effects.strip() and breach.measures.strip()),
            "people": form.people() if is_read else [],
            "read": drafts.message(form.cleaned_data["text"], language=form.cleaned_data["language"])
            if is_read
            else None,
        }
        return self._page(request, breach, "tell", _("Tell the persons"), facts)

    def letter(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """The PDF to print. On record."""
        breach, now = self._breach(request, pk), timezone.now()
        notice = get_object_or_404(breach.notices, pk=number)
        if not notice.waits_for_post:
            raise Http404
        self.note_view(request, notice)
        return _attachment(drafts.letter(notice, now=now), "application/pdf", f"breach-{pk}-{number}.pdf")

    def told(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        self._breach(request, pk)
        try:
            breaches.mark_told(pk, number, now=timezone.now())
            messages.success(request, gettext("The person counts as told."))
        except breaches.NotWaitingError:
            messages.error(request, str(TOO_LATE))
        return redirect("admin:privacy_breach_change", pk)

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._breach(request, pk)
        try:
            breaches.close(pk, now=timezone.now())
            messages.success(request, gettext("The file is closed. It is kept for five years from today."))
        except breaches.NotDoneError:
            messages.error(request, gettext("Something is still to be done: see below."))
        except breaches.ClosedError:
            messages.error(request, str(TOO_LATE))
        return redirect("admin:privacy_breach_change", pk)

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._breach(request, pk)
        breaches.reopen(pk, now=timezone.now())
        return redirect("admin:privacy_breach_change", pk)

    def register(self, request: HttpRequest) -> HttpResponse:
        """The whole register as a table, in the active language (GDPR article 33(5))."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        trail.record("privacy.breach.exported", now=now)
        table = spreadsheets.as_csv(register_rows(self.get_queryset(request)))
        name = f"{gettext('breaches')}-{timezone.localdate(now)}.csv"
        return _attachment(table.encode(), "text/csv; charset=utf-8", name)

    def _may_act(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def _breach(self, request: HttpRequest, pk: int) -> Breach:
        if not self._may_act(request):
            raise PermissionDenied
        found: Breach = get_object_or_404(self.get_queryset(request), pk=pk)
        return found

    def _open(self, request: HttpRequest, pk: int) -> Breach:
        breach = self._breach(request, pk)
        if not breach.is_open:
            raise Http404
        return breach

    def _note(self, form: NotificationForm, pk: int, now: datetime) -> bool:
        try:
            breaches.note_notification(pk, sent=form.sent(), now=now)
        except (breaches.SendingDateError, breaches.MissingReasonsError) as error:
            form.add_error(*NOTIFICATION_ERRORS[type(error)])
            return False
        return True

    def _initial(self, request: HttpRequest, breach: Breach, now: datetime) -> dict[str, object]:
        """The draft, and the addresses that were asked for."""
        language = request.GET.get("language") or "fr"
        language = language if language in dict(TellForm.base_fields["language"].choices) else "fr"  # type: ignore[attr-defined]
        known: dict[str, object] = {
            "language": language,
            "text": drafts.for_persons(breach, language=language),
        }
        asked = AddressesForm(request.GET if "holding" in request.GET else None)
        if request.method == "GET" and asked.is_valid():
            since, until = asked.span()
            found = addresses.read(
                breach, label=asked.cleaned_data["holding"], since=since, until=until, now=now
            )
            known["email"] = "\n".join(found)
        return known

    def _page(
        self, request: HttpRequest, breach: Breach, name: str, title: Any, facts: dict[str, object]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "original": breach, "title": title, **facts,
        }  # fmt: skip
        return TemplateResponse(request, f"admin/privacy/breach/{name}.html", context)


def clock_state(breach: Breach, *, now: datetime) -> str:
    """In words: how the 72 hours stand, or how they ended."""
    first = next(iter(breach.notifications.all()), None)
    if first is not None:
        words = {"at": _moment(first.sent_at)}
        if clock.is_late(breach.aware_at, first.sent_at):
            return gettext("sent on %(at)s, after the 72 hours") % words
        return gettext("sent on %(at)s, within the 72 hours") % words
    if breach.risk == Risk.NONE:
        return gettext("not needed: no risk to be expected")
    words = {"at": _moment(breach.due_at)}
    hours = clock.hours_left(breach.aware_at, now)
    if hours < 0:
        return gettext("late: it was due on %(at)s") % words
    left = ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}
    return gettext("due on %(at)s: %(left)s") % {**words, "left": left}


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _persons(breach: Breach) -> dict[str, object]:
    """How many were told, and the letters that wait."""
    notices = breach.notices.all()
    waiting = notices.filter(told_at=None)
    return {
        "told": notices.exclude(told_at=None).count(),
        "waiting": waiting.count(),
        "by_hand": list(waiting[:MOST_SHOWN]),
    }


def _told_text(result: breaches.TellResult) -> str:
    said = ngettext("%(number)d message was written.", "%(number)d messages were written.", result.written)
    text = said % {"number": result.written}
    if result.known:
        text += " " + gettext("Left out, since they have a message already: %(number)d.") % {
            "number": result.known
        }
    return text


REGISTER: Sequence[str] = (
    "title", "kinds", "aware_at", "began_at", "ended_at", "found_by", "facts", "processor", "persons", "persons_count",
    "categories", "records_count", "effects", "measures", "risk", "risk_reasons", "exemption", "exemption_reason",
    "recorded_at", "closed_at",
)  # fmt: skip


def register_rows(rows: "QuerySet[Breach]") -> Iterator[Sequence[object]]:
    """A heading, and a row for each breach, in the language in force."""
    fields = {field.name: field for field in Breach._meta.concrete_fields}
    titles = [capfirst(str(fields[name].verbose_name)) for name in REGISTER]
    yield [
        gettext("Number"),
        *titles,
        gettext("Notices to the CNIL"),
        gettext("Reasons for the delay"),
        gettext("Persons told"),
    ]
    for row in rows:
        notices = list(row.notifications.all())
        sent = "\n".join(f"{_cell_text(each.sent_at)} {each.number}".strip() for each in notices)
        reasons = "\n".join(filter(None, (each.delay_reasons for each in notices)))
        told = row.notices.exclude(told_at=None).count()
        yield [row.pk, *(_cell(row, name) for name in REGISTER), sent, reasons, told]


def _cell(row: Breach, name: str) -> object:
    display = getattr(row, f"get_{name}_display", None)
    return _cell_text(display() if callable(display) else getattr(row, name))


def _cell_text(value: object) -> object:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    return "" if value is None else value if isinstance(value, int) else str(value)


def _attachment(content: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def panel(request: HttpRequest, *, now: datetime) -> SafeString | None:
    """For the first page of the admin: open breaches, with what each lacks and until when."""
    if not request.user.has_perm("privacy.view_breach"):
        return None
    rows = Breach.objects.live(now).open().prefetch_related("notifications").order_by("aware_at")
    lines = [
        (each, clock_state(each, now=now), [NEEDS[need] for need in breaches.needs(each)]) for each in rows
    ]
    if not lines:
        return None
    is_late = Breach.objects.live(now).open().past_72_hours(now).unnotified().exists()
    return render_to_string("admin/privacy/breach/panel.html", {"lines": lines, "is_late": is_late}, request)
