"""The base of every page at the controller's desk.

How to use it::

    from privacy.audit.admin_base import AuditedModelAdmin, ReadOnlyAuditedAdmin

    @admin.register(Enquiry)
    class EnquiryAdmin(AuditedModelAdmin):  # or ReadOnlyAuditedAdmin: nothing can be added, changed or deleted
        list_display = ("received_at", "surname")

What it does for you:

* each addition, change, deletion, and each look at one person's record becomes an audit entry
  (``recruitment.application.viewed``, ``.added``, ``.changed``, ``.deleted``) about the person's pseudonym,
  instead of Django's log, which would copy personal values;
* nothing is deleted, unless the page says so (:class:`privacy.rights.deleting_admin.DeletingAdmin`);
* a filter in the address works for what the list shows, offers or searches: by any other field it would tell what
  stands in it to who may not see it, and leave nothing on record;
* rows past their period are not there, even when the purge is late; restricted ones only for who sees restrictions;
* "History" opens the audit entries of that record.

A view of your own at the desk that shows one person's record calls ``self.note_view(request, obj)``. A verb that
already writes its own audit entry sets ``records_changes = False`` and says more than "changed".
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from privacy.audit import labels, trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import Holding, holding
from privacy.datamap.usable import usable


class AuditedChangeList(ChangeList):
    """Rows under the name of what they are; their filter is looked at before the page is begun: there is no year 0."""

    def __init__(self, *facts: Any, **named: Any) -> None:
        super().__init__(*facts, **named)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_filters(self, request: HttpRequest) -> Any:
        """The filters asked for; one that is not offered means nothing."""
        try:
            return super().get_filters(request)
        except DisallowedModelAdminLookup as error:
            raise IncorrectLookupParameters(error) from error

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        """The rows asked for. Raises ``IncorrectLookupParameters``, which the desk answers with the whole list."""
        rows = super().get_queryset(request, exclude_parameters)
        try:
            rows.query.sql_with_params()
        except EmptyResultSet:
            pass
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error
        return rows


class AuditedModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A model at the desk: on record, and without what is past its period."""

    records_changes = True

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """The rows that may still be shown."""
        rows = super().get_queryset(request)
        held = _holding_of(self.model)
        if held is None:
            return rows
        now = timezone.now()
        sees_restricted = request.user.has_perm("privacy.view_restriction")
        return held.live(now, among=rows) if sees_restricted else usable(rows, now)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Whether the address may filter by ``lookup``."""
        try:
            name = self.opts.get_field(lookup.partition(LOOKUP_SEP)[0]).name
        except FieldDoesNotExist:  # of a filter of ours, or means nothing
            name = None
        return name in {None, *self._offered(request)} and super().lookup_allowed(lookup, value, request)

    def _offered(self, request: HttpRequest) -> set[Any]:
        """The fields that the list shows, offers or searches."""
        fields = (each[0] if isinstance(each, tuple) else each for each in self.get_list_filter(request))
        filters = (getattr(each, "parameter_name", each) for each in fields)
        searched = (each.lstrip("=^@") for each in self.get_search_fields(request))
        return {self.date_hierarchy, *self.get_list_display(request), *filters, *searched}

    def get_changelist(self, request: HttpRequest, **facts: Any) -> type[ChangeList]:
        """The list, which answers a filter that means nothing as it does one that does not exist."""
        return AuditedChangeList

    def render_change_form(  # noqa: PLR0917 as Django calls it
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,  # noqa: FBT001, FBT002
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show one record, and write down that it was looked at."""
        if obj is not None:
            self.note_view(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def note_view(self, request: HttpRequest, obj: Model) -> None:
        """Write down that a person's record was looked at (clause 6)."""
        if _holding_of(type(obj)):
            self._record("viewed", obj)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """An audit entry in the place of Django's log."""
        return self._record("added", obj) if self.records_changes else None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """An audit entry with the names of the fields that changed, never their values."""
        return self._record("changed", obj, fields=_fields_in(message)) if self.records_changes else None

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        """An audit entry for each row that goes."""
        return [self._record("deleted", obj) for obj in queryset] if self.records_changes else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only purge and erasure delete, unless a page says otherwise."""
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """How many records go along, without their words: some of them may be past their period."""
        _words, counts, missing, protected = super().get_deleted_objects(objs, request)
        return [], counts, missing, protected

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The audit entries of one record."""
        which = urlencode({"kind": self.opts.label_lower, "key": unquote(object_id)})
        return redirect(f"{reverse('admin:privacy_auditentry_changelist')}?{which}")

    def _record(self, action: str, obj: Model, **detail: str) -> AuditEntry:
        held = _holding_of(type(obj))
        return trail.record(
            f"{obj._meta.label_lower}.{action}",
            now=timezone.now(),
            obj=obj,
            about=held.pseudonym(obj) if held else "",
            detail=detail,
        )


def actor_column(field: str, description: Any) -> Any:
    """A column, and a line on the page, that says in words who ``field`` names."""

    @admin.display(description=description, ordering=field)
    def shown(obj: Model) -> str:
        return labels.actor_label(getattr(obj, field))

    return shown


class ReadOnlyAuditedAdmin(AuditedModelAdmin):
    """A model that can only be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes by hand."""
        return False


def _holding_of(model: type[Model]) -> Holding | None:
    try:
        return holding(model)
    except LookupError:
        return None


def _fields_in(message: Any) -> str:
    """The names of the changed fields out of Django's change message, without the rows it quotes."""
    parts = message if isinstance(message, list) else []
    named = [name for part in parts for action in part.values() for name in action.get("fields", ())]
    return ", ".join(map(str, named))
