"""Promises about looks at people's data: lists that show them masked, looks on record, the monthly report."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from dateutil.relativedelta import relativedelta
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.audit import trail
from privacy.audit.admin_base import AuditedModelAdmin
from privacy.audit.models import AuditEntry
from privacy.datamap import masks
from privacy.datamap.registry import Holding, holdings
from privacy.oversight import months
from privacy.oversight.models import LookReport
from privacy.promises.checking import CheckRun, Evidence, Promise, none_of
from privacy.web import recent_sign_in

REPORT_TAKES = timedelta(hours=3)  # it is looked for every hour


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.masked",
        "security",
        _("No list at the desk shows a name, an address or another text of a person in full."),
        _("columns that show one"),
        _masked,
    )
    yield Promise(
        "security.opened",
        "security",
        _("Each look at a person’s record at the desk is written down."),
        _("pages that open without a trace"),
        _opened,
    )
    yield Promise(
        "security.reported",
        "security",
        _("Each month the data controller gets a report of who looked at whose data."),
        _("months without a report"),
        _reported,
    )


class _Anybody:
    """Somebody who may see everything, and has no account: for a look that is undone."""

    pk = None
    is_active = is_staff = is_superuser = is_authenticated = True

    def has_perm(self, _permission: str, _row: object = None) -> bool:
        return True

    def has_perms(self, _permissions: object, _row: object = None) -> bool:
        return True

    def has_module_perms(self, _app: str) -> bool:
        return True


def _request() -> HttpRequest:
    request = HttpRequest()
    request.method, request.META["SCRIPT_NAME"] = "GET", ""
    request.user, request.session = cast("Any", _Anybody()), cast("Any", {})
    recent_sign_in.note(request, now=timezone.now())  # read where the page reads it
    return request


def _pages() -> Iterator[tuple[Holding, Any]]:
    return ((held, admin.site.get_model_admin(held.model)) for held in holdings() if _is_shown(held.model))


def _is_shown(model: type[Model]) -> bool:
    return admin.site.is_registered(model)


def _masked(_check_run: CheckRun) -> Evidence:
    """Among the columns that are fields of a person."""
    listed = [(held, name) for held, page in _pages() for name in page.get_list_display(_request())]
    clear = [(held, name) for held, name in listed if isinstance(name, str) and _is_masked(held, name)]
    return none_of(len(clear), among=len(listed))


def _is_masked(held: Holding, name: str) -> bool:
    field = {each.name: each for each in held.model._meta.concrete_fields}.get(name)
    return field is not None and masks.is_masked(held, field)


def _opened(_check_run: CheckRun) -> Evidence:
    """Opens the newest record of each kind, as the desk does, looks for the entry, and undoes both."""
    found = [is_noted for _held, page in _pages() if (is_noted := _is_noted(page)) is not None]
    return none_of(found.count(False), among=len(found))


def _is_noted(page: Any) -> bool | None:
    """None where there is no record to open."""
    with transaction.atomic(), trail.acting("system", "promises"):
        row = page.get_queryset(_request()).first()
        if row is None:
            return None
        before = _entries(row).count()
        if isinstance(page, AuditedModelAdmin):
            page.change_view(_request(), str(quote(row.pk)))
        is_noted: bool = _entries(row).count() > before
        transaction.set_rollback(True)
    return is_noted


def _entries(row: Model) -> Any:
    return AuditEntry.objects.filter(
        action=f"{row._meta.label_lower}.viewed", key=str(row.pk), actor="system"
    )


def _reported(check_run: CheckRun) -> Evidence:
    """The month that is over, from three hours after its end on."""
    month = months.first_day(check_run.now - REPORT_TAKES) - relativedelta(months=1)
    has_begun = AuditEntry.objects.filter(at__lt=months.bounds(month)[1], actor__startswith="user:").exists()
    is_missing = has_begun and not LookReport.objects.filter(month=month).exists()
    return none_of(int(is_missing), among=LookReport.objects.count() + is_missing)
