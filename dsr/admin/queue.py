"""What waits, and how long it may."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dsr.deadlines import paris_day
from dsr.models import SubjectRequest


def due(asked: SubjectRequest, today: date) -> str:
    """The last day, and how far it is: in words, so that no colour has to say it."""
    if not asked.is_open:
        return gettext("decided")
    clock = asked.clock()
    if clock.is_suspended:
        return gettext("suspended: proof of identity awaited")
    left = clock.days_left(today)
    return f"{date_format(clock.due_on(today), 'DATE_FORMAT')} ({_distance(left)})"


def _distance(left: int) -> str:
    if left == 0:
        return gettext("today is the last day")
    if left < 0:
        return ngettext("overdue by %(days)d day", "overdue by %(days)d days", -left) % {"days": -left}
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


class WhatIsOpen(SimpleListFilter):
    """The queue shows what is open, unless something else is chosen."""

    title = _("what to show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("suspended", _("Suspended")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        rows: Any = queryset
        if self.value() == "all":
            return queryset
        if self.value() == "suspended":
            return rows.open().suspended()  # type: ignore[no-any-return]
        if self.value() == "overdue":
            return rows.open().due_before(paris_day(timezone.now()))  # type: ignore[no-any-return]
        return rows.open()  # type: ignore[no-any-return]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Django's first choice is "All"; here it is what is open."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Open")}
        yield from others
