"""The columns, filters and order of the queue."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from dsr.requests.models import SubjectRequest, SubjectRequestQuerySet
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import IN_LAW
from privacy.audit import labels, searches
from privacy.datamap import masks

# Open requests by their last day; those that wait for a proof; those that are decided, the latest first.
_AWAITED = SubjectRequest.objects.suspended().filter(pk=OuterRef("pk"))
DUE_FIRST = (
    Case(When(closed_at__isnull=False, then=2), When(Exists(_AWAITED), then=1), default=0).asc(),
    F("closed_at").desc(),
    "due_on",
    "received_at",
)


def with_assignee_name(rows: "QuerySet[SubjectRequest]") -> "QuerySet[SubjectRequest]":
    accounts = (
        get_user_model()
        ._default_manager.annotate(actor=Concat(Value("user:"), Cast("pk", CharField())))
        .filter(actor=OuterRef("assignee"))
    )
    name: QuerySet[SubjectRequest] = accounts.values(get_user_model().USERNAME_FIELD)[:1]
    found: QuerySet[SubjectRequest] = rows.annotate(assignee_name=Subquery(name))
    return found


def assigned(subject_request: SubjectRequest) -> str:
    """The name of the assignee, from :func:`with_assignee_name`; the number when the account is gone."""
    return (
        getattr(subject_request, "assignee_name", None) or labels.actor_label(subject_request.assignee)
        if subject_request.assignee
        else ""
    )


def assigned_masked(subject_request: SubjectRequest) -> str:
    """For a list: colleagues have the same domain, so the number of the account tells them apart."""
    address, number = (
        getattr(subject_request, "assignee_name", None),
        labels.actor_label(subject_request.assignee),
    )
    return f"{masks.email(address)} ({number})" if address else number


def due(subject_request: SubjectRequest, today: date) -> str:
    """The last day, and how far it is: in words, so that colour is not needed."""
    if not subject_request.is_open:
        return gettext("decided")
    clock = subject_request.clock()
    if clock.is_suspended:
        return gettext("suspended: proof of identity awaited")
    left = clock.days_left(today)
    return f"{date_format(clock.due_on(today), 'DATE_FORMAT')} ({_distance(left)}){_target(subject_request)}"


def _target(subject_request: SubjectRequest) -> str:
    if subject_request.target_on is None:
        return ""
    return gettext("; own target %(day)s") % {"day": date_format(subject_request.target_on, "DATE_FORMAT")}


def _distance(left: int) -> str:
    if left == 0:
        return gettext("today is the last day")
    if left < 0:
        return ngettext("overdue by %(days)d day", "overdue by %(days)d days", -left) % {"days": -left}
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


class RightFilter(SimpleListFilter):
    title = _("right")
    parameter_name = "kind"

    def lookups(
        self, request: HttpRequest, model_admin: "ModelAdmin[SubjectRequest]"
    ) -> list[tuple[str, str]]:
        return [(right.value, str(words)) for right, words in IN_LAW.items()]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[SubjectRequest]"
    ) -> "QuerySet[SubjectRequest]":
        return queryset.filter(rights__contains=[self.value()]) if self.value() else queryset


class DueWithinFilter(SimpleListFilter):
    title = _("time left")
    parameter_name = "within"

    def lookups(
        self, request: HttpRequest, model_admin: "ModelAdmin[SubjectRequest]"
    ) -> list[tuple[str, str]]:
        return [
            (str(days), ngettext("%(days)d day", "%(days)d days", days) % {"days": days})
            for days in (3, 7, 14)
        ]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[SubjectRequest]"
    ) -> "QuerySet[SubjectRequest]":
        if self.value() not in {"3", "7", "14"}:
            return queryset
        last = paris_day(timezone.now()) + timedelta(days=int(self.value() or 0) + 1)
        assert isinstance(queryset, SubjectRequestQuerySet)
        return queryset.open().due_before(last)


class AssigneeFilter(SimpleListFilter):
    title = _("person in charge")
    parameter_name = "assignee"

    def lookups(
        self, request: HttpRequest, model_admin: "ModelAdmin[SubjectRequest]"
    ) -> list[tuple[str, str]]:
        taken = SubjectRequest.objects.open().exclude(assignee="").order_by("assignee")
        people = {each.assignee: assigned_masked(each) for each in with_assignee_name(taken)}
        return [("me", gettext("Me")), ("nobody", gettext("Nobody")), *people.items()]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[SubjectRequest]"
    ) -> "QuerySet[SubjectRequest]":
        if not self.value():
            return queryset
        assignees = {"me": f"user:{request.user.pk}", "nobody": ""}
        return queryset.filter(assignee=assignees.get(self.value() or "", self.value()))


def _asks_for_all(request: HttpRequest) -> bool:
    """Whoever filters by state, or looks for one request, wants it open or not."""
    return "state__exact" in request.GET or searches.is_asked(request)


class OpenFilter(SimpleListFilter):
    """The queue shows open requests unless something else is chosen. A search looks among the closed ones too."""

    title = _("urgency")
    parameter_name = "show"

    def lookups(
        self, request: HttpRequest, model_admin: "ModelAdmin[SubjectRequest]"
    ) -> list[tuple[str, str]]:
        return [
            ("open", gettext("Open")),
            ("overdue", gettext("Overdue")),
            ("suspended", gettext("Suspended")),
            ("all", pgettext("requests", "All")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[SubjectRequest]"
    ) -> "QuerySet[SubjectRequest]":
        assert isinstance(queryset, SubjectRequestQuerySet)
        if self.value() == "all" or (self.value() is None and _asks_for_all(request)):
            return queryset
        if self.value() == "suspended":
            return queryset.open().suspended()
        if self.value() == "overdue":
            return queryset.open().due_before(paris_day(timezone.now()))
        return queryset.open()

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without Django's first choice: what is shown where nothing is chosen is one of ours."""
        _first, *ours = super().choices(changelist)
        shown = "all" if changelist.query else "open"
        for (value, _label), choice in zip(self.lookup_choices, ours, strict=True):
            yield {**choice, "selected": value == (self.value() or shown)}
