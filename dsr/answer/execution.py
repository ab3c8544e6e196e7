"""Carrying out what was granted, at the moment of the answer and in its transaction.

Corrections first, so that a copy holds them; erasure last, so that the copy is the person's last. The package is
built between the two (see `delivery`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from dsr.answer import notifications
from dsr.package import address_corrections
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import ItemOutcome, RefusalGround, Right
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.datamap.registry import holdings
from privacy.rights import archive_objection, erasure, objection, rectification, restriction

Execution = Callable[[SubjectRequest, RequestItem, datetime], None]


def correct(request: SubjectRequest, *, now: datetime) -> None:
    """Write the accepted corrections, all or none. Raises :class:`~privacy.rights.rectification.RectificationError`.

    The decision was about one record and one value. When either has changed, it no longer applies.
    """
    for item in request.items.granted().filter(right=Right.RECTIFICATION, done_at=None):
        accepted = [
            rectification.FieldCorrection(each.holding, each.key, each.field, each.wished, was=each.was)
            for each in item.corrections.filter(is_accepted=True)
        ]
        rectification.rectify(request.subject(), accepted, now=now)
        # What was corrected by hand is not known here: then every recipient of any data is notified.
        of = _categories(accepted) if accepted else None
        notifications.open_notifications(request, Right.RECTIFICATION, of=of, now=now)
        item.done_at = now
        item.save()


def carry_out(request: SubjectRequest, *, now: datetime) -> None:
    correct(request, now=now)
    for item in request.items.granted().filter(done_at=None):
        if execute := EXECUTIONS.get(item.right):
            execute(request, item, now)
        item.done_at = now
        item.save()


def _restrict(request: SubjectRequest, item: RequestItem, now: datetime) -> None:
    reason = item.reason or f"GDPR, article 18: {request.reference}"
    restriction.restrict(address_corrections.subject(request), reason=reason, now=now)
    restriction.extend_to_addresses(request.subject(), address_corrections.addresses(request), now=now)
    notifications.open_notifications(request, Right.RESTRICTION, now=now)


def _erase(request: SubjectRequest, item: RequestItem, now: datetime) -> None:
    """Erase all but what is exempted. What a legal hold keeps is named in the answer as well."""
    withheld = [erasure.RowReference(each.holding, each.key) for each in item.exemptions.all()]
    also = address_corrections.rows(request)
    outcomes = erasure.erase(address_corrections.subject(request), now=now, exempt=withheld, also=also)
    kept = [outcome for outcome in outcomes if outcome.kept]
    for outcome in kept:
        named = {each.key for each in withheld if each.holding == outcome.holding.label}
        if "" not in named and {str(key) for key in outcome.kept} - named:
            _name_what_stays(request, item, outcome.holding.label, now)
    erased = {
        datum.category
        for outcome in outcomes
        if outcome.rows
        for datum in outcome.holding.data.fields.values()
    }
    if erased:
        notifications.open_notifications(request, Right.ERASURE, of=erased if kept else None, now=now)
    elif not kept:
        item.outcome = ItemOutcome.NOTHING


def _stop(request: SubjectRequest, item: RequestItem, now: datetime) -> None:
    """What was decided on before there was a choice of uses was carried out by hand."""
    if not item.uses:
        return
    person = address_corrections.subject(request)
    archives = list(filter(None, map(archive_objection.archive_called, item.uses)))
    kinds = set(item.uses) - {archive.label for archive in archives}
    objection.object_to(person, kinds, reference=request.reference, reason=item.reason, now=now)
    archive_objection.object_to(person, item.uses, now=now)
    concerned = kinds | {archive.holding.label for archive in archives}
    stopped = [known for known in holdings() if known.label in concerned]
    of = {datum.category for known in stopped for datum in known.data.fields.values()}
    notifications.open_notifications(request, Right.OBJECTION, of=of, now=now)


def _categories(accepted: Iterable[rectification.FieldCorrection]) -> set[Category]:
    known = {each.label: each.data.fields for each in holdings()}
    return {known[each.holding][each.field].category for each in accepted}


def _name_what_stays(request: SubjectRequest, item: RequestItem, label: str, now: datetime) -> None:
    with translation.override(request.language):
        reason = gettext("A legal hold, or a record that has to stay, keeps them for the time being.")
    Exemption(
        item=item,
        holding=label,
        ground=RefusalGround.CLAIMS,
        reason=reason,
        made_at=now,
        made_by=trail.actor(),
    ).save()


EXECUTIONS: dict[str, Execution] = {
    Right.RESTRICTION: _restrict,
    Right.OBJECTION: _stop,
    Right.ERASURE: _erase,
}
