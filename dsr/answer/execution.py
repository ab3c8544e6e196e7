"""Doing what was granted, at the moment of the answer and in its transaction.

Corrections first, so that a copy holds them; erasure last, so that the copy is the person's last. The package is
built between the two (see `fulfilment`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from dsr.answer import recipients
from dsr.package import readdressed
from dsr.requests.item_models import Outcome, RequestItem, Reserve
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import Ground, Kind
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.datamap.registry import holdings
from privacy.rights import erasure, rectification, restriction

Deed = Callable[[SubjectRequest, RequestItem, datetime], None]


def correct(request: SubjectRequest, *, now: datetime) -> None:
    """Write the accepted corrections, all or none. Raises :class:`~privacy.rights.rectification.RectificationError`.

    What was decided on is a record and a value: when either is another one by now, the decision does not fit any more.
    """
    for item in request.items.granted().filter(kind=Kind.RECTIFICATION, done_at=None):
        accepted = [
            rectification.FieldCorrection(each.holding, each.key, each.field, each.wished, was=each.was)
            for each in item.corrections.filter(is_accepted=True)
        ]
        rectification.rectify(request.subject(), accepted, now=now)
        # What was corrected by hand, nobody here knows: then whoever was given anything is told.
        of = _categories(accepted) if accepted else None
        recipients.open_tasks(request, Kind.RECTIFICATION, of=of, now=now)
        item.done_at = now
        item.save()


def carry_out(request: SubjectRequest, *, now: datetime) -> None:
    """Do what was granted and is not done yet."""
    correct(request, now=now)
    for item in request.items.granted().filter(done_at=None):
        if deed := DEEDS.get(item.kind):
            deed(request, item, now)
        item.done_at = now
        item.save()


def _restrict(request: SubjectRequest, item: RequestItem, now: datetime) -> None:
    reason = item.reason or f"GDPR, article 18: {request.reference}"
    restriction.restrict(readdressed.whole(request), reason=reason, now=now)
    restriction.extend_to_addresses(request.subject(), readdressed.addresses(request), now=now)
    recipients.open_tasks(request, Kind.RESTRICTION, now=now)


def _erase(request: SubjectRequest, item: RequestItem, now: datetime) -> None:
    """Erase all but what is kept back; what a hold keeps is named in the answer as well."""
    kept_back = [erasure.RowReference(each.holding, each.key) for each in item.reserves.all()]
    also = readdressed.readdressed(request)
    outcomes = erasure.erase(readdressed.whole(request), now=now, exempt=kept_back, also=also)
    kept = [outcome for outcome in outcomes if outcome.kept]
    for outcome in kept:
        named = {each.key for each in kept_back if each.holding == outcome.holding.label}
        if "" not in named and {str(key) for key in outcome.kept} - named:
            _name_what_stays(request, item, outcome.holding.label, now)
    erased = {
        datum.category
        for outcome in outcomes
        if outcome.rows
        for datum in outcome.holding.data.fields.values()
    }
    if erased:
        recipients.open_tasks(request, Kind.ERASURE, of=erased if kept else None, now=now)
    elif not kept:
        item.outcome = Outcome.NOTHING


def _categories(accepted: Iterable[rectification.FieldCorrection]) -> set[Category]:
    """Of what kinds the corrected data are."""
    known = {each.label: each.data.fields for each in holdings()}
    return {known[each.holding][each.field].category for each in accepted}


def _name_what_stays(request: SubjectRequest, item: RequestItem, label: str, now: datetime) -> None:
    with translation.override(request.language):
        reason = gettext("A legal hold, or a record that has to stay, keeps them for the time being.")
    Reserve(
        item=item, holding=label, ground=Ground.CLAIMS, reason=reason, made_at=now, made_by=trail.actor()
    ).save()


DEEDS: dict[str, Deed] = {Kind.RESTRICTION: _restrict, Kind.ERASURE: _erase}
# What the answer itself does: undecided, these count as granted when the controller says yes.
BY_GRANT = frozenset({Kind.ACCESS, Kind.PORTABILITY, Kind.RESTRICTION, Kind.ERASURE})
