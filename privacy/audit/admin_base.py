"""The base of every page of the admin.

How to use it::

    from privacy.audit.admin_base import AuditedModelAdmin, ReadOnlyAuditedAdmin

    @admin.register(Enquiry)
    class EnquiryAdmin(AuditedModelAdmin):  # or ReadOnlyAuditedAdmin: nothing can be added, changed or deleted
        list_display = ("received_at", "initials", "email")

What it does for you:

* each addition, change, deletion, and each look at one person's record becomes an audit entry
  (``recruitment.application.viewed``, ``.added``, ``.changed``, ``.deleted``) about the person's pseudonym,
  instead of Django's log, which would copy personal values;
* the list shows people masked (``A. M.``, ``a…@e….com``, see :mod:`privacy.datamap.masks`), as the data map says of
  each field; ``initials`` is a column of its own;
* searched words travel by POST and stay in the session (:mod:`privacy.audit.searches`); each search is an audit entry;
* what may not be seen answers as what does not exist;
* nothing is deleted, unless the page says so (:class:`privacy.rights.deleting_admin.DeletingAdmin`);
* an address filters only by what the list shows, offers or searches: a filter by any other field would tell its
  values to people who may not see them, and leave no record;
* rows past their period are not there, even when the purge is late; restricted ones only for who sees restrictions;
  those of a use that their person objected to for nobody;
* "History" opens the audit entries of that record.

A view of your own that shows one person's record calls ``self.note_view(request, obj)``. An admin whose actions write
their own audit entries sets ``records_changes = False``.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, PermissionDenied
from django.db.models import F, Field, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels, searches, trail
from privacy.audit.models import AuditEntry
from privacy.datamap import masks
from privacy.datamap.declarations import Category
from privacy.datamap.registry import Holding, holding
from privacy.datamap.usable import usable, without_objections
from privacy.web import telephone


class AuditedChangeList(ChangeList):
    """The list, under the name of the model. Filters are checked before the page is begun: a year 0 is refused."""

    def __init__(self, *facts: Any, **named: Any) -> None:
        super().__init__(*facts, **named)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_filters(self, request: HttpRequest) -> Any:
        """Raises ``IncorrectLookupParameters`` for a filter that is not offered: Django then shows the whole list."""
        try:
            return super().get_filters(request)
        except DisallowedModelAdminLookup as error:
            raise IncorrectLookupParameters(error) from error

    def get_filters_params(self, params: Any = None) -> Any:
        """The key of a search is no filter."""
        return {
            name: value
            for name, value in super().get_filters_params(params).items()
            if name != searches.FOUND
        }

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        """Raises ``IncorrectLookupParameters`` for a value that the database cannot take."""
        self.query = searches.words(request, self.opts.label_lower, now=timezone.now())
        rows = super().get_queryset(request, exclude_parameters)
        try:
            rows.query.sql_with_params()
        except EmptyResultSet:
            pass
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error
        return rows

    def get_results(self, request: HttpRequest) -> None:
        """The first look at what was found puts the search on record."""
        super().get_results(request)
        if self.query and searches.is_new(request, now=timezone.now()):
            page: Any = self.model_admin
            page.note_search(self.query, found=self.result_count)


class AuditedModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    records_changes = True

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """The rows that may still be shown; restricted ones only with the permission to see restrictions."""
        rows = super().get_queryset(request)
        held = _holding_of(self.model)
        if held is None:
            return rows
        now = timezone.now()
        sees_restricted = request.user.has_perm("privacy.view_restriction")
        return without_objections(held.live(now, among=rows)) if sees_restricted else usable(rows, now)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        try:
            name = self.opts.get_field(lookup.partition(LOOKUP_SEP)[0]).name
        except FieldDoesNotExist:  # the parameter of a filter of ours, or of nothing
            name = None
        return name in {None, *self._offered(request)} - self._masked() and super().lookup_allowed(
            lookup, value, request
        )

    def _offered(self, request: HttpRequest) -> set[object]:
        """The fields that the list shows, offers as filters or searches."""
        fields = (each[0] if isinstance(each, tuple) else each for each in self.get_list_filter(request))
        filters = (getattr(each, "parameter_name", each) for each in fields)
        searched = (each.lstrip("=^@") for each in self.get_search_fields(request))
        return {self.date_hierarchy, *self.get_list_display(request), *filters, *searched}

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        """A telephone number is found in whichever spelling it was typed, then and now."""
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        digits = telephone.searched(search_term)
        columns = [name for name in self._telephones() if digits]
        if not columns:
            return found, may_have_duplicates
        matching = Q(pk__in=found.values("pk"))
        for name in columns:
            queryset = queryset.alias(**{f"{name}_digits": _digits_of(name)})
            matching |= Q(**{f"{name}_digits__contains": digits})
        return queryset.filter(matching), False

    def _telephones(self) -> list[str]:
        held = _holding_of(self.model)
        fields = held.data.fields.items() if held else ()
        return [name for name, datum in fields if datum.category == Category.TELEPHONE]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Each column, masked where the data map says so."""
        masked = self._masked()
        listed = super().get_list_display(request)
        return [_masked_column(self.model, str(each)) if each in masked else each for each in listed]

    @admin.display(description=_("initials"))
    def initials(self, obj: Model) -> str:
        """A column for the name of the person."""
        held = _holding_of(type(obj))
        return masks.names_of(held, obj) if held else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """The list; whoever searches is led to an address without the words."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        where = searches.address_after(request, self.opts.label_lower, now=timezone.now())
        return redirect(where) if where else super().changelist_view(request, extra_context)

    def get_changelist(self, request: HttpRequest, **facts: Any) -> type[ChangeList]:
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
        if obj is not None:
            self.note_view(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def note_view(self, request: HttpRequest, obj: Model) -> None:
        """Record that a person's record was looked at (clause 6 of the policy)."""
        if _holding_of(type(obj)):
            self._record("viewed", obj)

    def note_search(self, words: str, *, found: int) -> None:
        """Record that a list of people was searched: not for which words, and not whom it showed."""
        if _holding_of(self.model):
            self._record_list("searched", about=searches.about(words), found=found)

    def note_export(self, form: str) -> None:
        """Record that the whole of this list left as a file of this form, such as ``csv``."""
        self._record_list("exported", form=form)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """In place of Django's log."""
        return self._record("added", obj) if self.records_changes else None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """With the names of the fields that changed, never their values."""
        return self._record("changed", obj, fields=_fields_in(message)) if self.records_changes else None

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        return [self._record("deleted", obj) for obj in queryset] if self.records_changes else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only purge and erasure delete, unless a page says otherwise."""
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """How many records go along, without their texts: some of them may be past their period."""
        _words, counts, missing, protected = super().get_deleted_objects(objs, request)
        return [], counts, missing, protected

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """As for a record that may not be seen: nobody learns which numbers there are."""
        raise Http404

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: object = None
    ) -> HttpResponse:
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

    def _record_list(self, action: str, *, about: str = "", **detail: str | int) -> AuditEntry:
        return trail.record(
            f"{self.opts.label_lower}.{action}", now=timezone.now(), about=about, detail=detail
        )

    def _masked(self) -> set[object]:
        """The names of the fields that no list shows and no address holds."""
        held = _holding_of(self.model)
        return {field.name for field in self.opts.concrete_fields if held and masks.is_masked(held, field)}


def _digits_of(column: str) -> Func:
    """The digits of a text, in PostgreSQL."""
    return Func(
        F(column), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
    )


def _masked_column(model: type[Model], name: str) -> Any:
    """Not to be sorted by: a row of one's own among them, tried with many names, would tell each of the others."""
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]

    @admin.display(description=field.verbose_name)
    def shown(obj: Model) -> str:
        return masks.mask(holding(model), field, getattr(obj, name))

    return shown


def actor_column(field: str, description: Any) -> Any:
    """A column of the list, also a line of the form, with the actor in the field ``field`` in words."""

    @admin.display(description=description, ordering=field)
    def shown(obj: Model) -> str:
        return labels.actor_label(getattr(obj, field))

    return shown


class ReadOnlyAuditedAdmin(AuditedModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _holding_of(model: type[Model]) -> Holding | None:
    try:
        return holding(model)
    except LookupError:
        return None


def _fields_in(message: object) -> str:
    """The names of the changed fields out of Django's change message, without the rows that it quotes."""
    parts = message if isinstance(message, list) else []
    named = [name for part in parts for action in part.values() for name in action.get("fields", ())]
    return ", ".join(map(str, named))
