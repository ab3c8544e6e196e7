"""Corrections: each field that a person may have rectified, in each record about them, and what is decided on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsr.lifecycle import transitions
from dsr.requests.correction_models import CorrectionSetback, RequestedCorrection
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.rules.rights import ItemOutcome, RefusalGround, Right
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject
from privacy.rights import rectification
from privacy.web import fields

NO_FIT = _("This value does not fit the field.")


@dataclass(frozen=True)
class CorrectablePlace:
    """One field of one record, with its value today; of a record that is gone, the last one."""

    holding: str
    key: str
    field: str
    was: str
    is_gone: bool = False


def correct(
    request_id: UUID, *, place: CorrectablePlace, wished: str, is_accepted: bool, reason: str, now: datetime
) -> None:
    """Accepted, it is written with the answer. Raises IllegalTransitionError."""
    with transitions.apply(request_id, Transition.CORRECT, now=now) as request:
        item = request.items.get(right=Right.RECTIFICATION, done_at=None)
        values = {"was": place.was, "wished": wished, "is_accepted": is_accepted, "reason": reason}
        values["setback"] = CorrectionSetback.GONE if place.is_gone else ""
        RequestedCorrection.objects.update_or_create(
            item=item, holding=place.holding, key=place.key, field=place.field,
            defaults={**values, "made_at": now, "made_by": trail.actor()},
        )  # fmt: skip
        _update_outcome(item, now)
        request.prepared_by = ""


def apply_outcome(item: RequestItem) -> None:
    """Once the right as a whole is refused or void, no correction stays accepted."""
    accepted = item.corrections.filter(is_accepted=True)
    if item.outcome == ItemOutcome.WITHHELD:
        accepted.update(is_accepted=False, setback="", reason=item.reason)
    elif item.outcome == ItemOutcome.NOTHING:
        accepted.delete()


def _update_outcome(item: RequestItem, now: datetime) -> None:
    """The right is undecided as long as an accepted correction cannot be written."""
    decided = list(item.corrections.all())
    accepted = [each for each in decided if each.is_accepted]
    item.outcome, item.ground, item.reason = ItemOutcome.SATISFIED, "", ""
    if any(each.setback for each in accepted):
        item.outcome = ""
    elif not accepted:
        is_gone = all(each.setback == CorrectionSetback.GONE for each in decided)
        item.outcome = ItemOutcome.NOTHING if is_gone else ItemOutcome.WITHHELD
        item.ground, item.reason = "" if is_gone else RefusalGround.ACCURATE, decided[-1].reason
    item.decided_at, item.decided_by = (now, trail.actor()) if item.outcome else (None, "")
    item.save()


def places(subject: Subject, *, now: datetime) -> Iterator[tuple[str, CorrectablePlace]]:
    """Each with a key for a form."""
    for known in holdings():
        names = [name for name, datum in known.data.fields.items() if datum.rectifiable]
        if not names or known.data.erasure_exemption:
            continue
        for row in known.live(now, among=known.about(subject)).order_by("pk"):
            for name in names:
                value = rectification.as_text(getattr(row, name))
                yield (
                    f"{known.label} {row.pk} {name}",
                    CorrectablePlace(known.label, str(row.pk), name, value),
                )


def gone(request: SubjectRequest) -> Iterator[tuple[str, CorrectablePlace]]:
    """Accepted corrections whose record is gone: they can only be refused now, with the reason."""
    for each in RequestedCorrection.objects.filter(item__request=request, setback=CorrectionSetback.GONE):
        place = CorrectablePlace(each.holding, each.key, each.field, each.was, is_gone=True)
        yield f"{each.holding} {each.key} {each.field}", place


def describe(place: CorrectablePlace) -> str:
    known = _holding(place.holding)
    value = gettext("the record is gone") if place.is_gone else Truncator(place.was).chars(60)
    words = {"record": f"{known.data.label} ({place.key[:8]})", "field": known.field_label(place.field)}
    return gettext("%(record)s, %(field)s: %(value)s") % {**words, "value": value or gettext("(empty)")}


def as_stored(place: CorrectablePlace, wished: str) -> str:
    """The spelling in which it would be written. Raises `ValidationError`, now rather than when the answer is sent."""
    known = _holding(place.holding)
    if place.is_gone:
        raise ValidationError(NO_FIT)
    spelled = fields.as_stored(known.data.fields[place.field].category, wished)
    try:
        known.model._meta.get_field(place.field).clean(spelled, None)  # type: ignore[union-attr]
    except (ValueError, ValidationError) as error:
        raise ValidationError(NO_FIT) from error
    return spelled


def _holding(label: str) -> Holding:
    return next(known for known in holdings() if known.label == label)
