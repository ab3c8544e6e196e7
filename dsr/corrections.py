"""What can be corrected: each field that a person may have rectified, in each record about them."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from dsr.review import Place
from privacy.datamap import Category, Holding, holdings
from privacy.subjects import Subject, normalise_email


def places(subject: Subject, *, now: datetime) -> Iterator[tuple[str, Place]]:
    """Every such field with its value today, under a key for a form."""
    for known in holdings():
        names = [name for name, datum in known.data.fields.items() if datum.rectifiable]
        if not names or known.data.stays:
            continue
        for row in known.live(now, among=known.about(subject)).order_by("pk"):
            for name in names:
                value = getattr(row, name)
                place = Place(known.label, str(row.pk), name, "" if value is None else str(value))
                yield f"{known.label} {row.pk} {name}", place


def words(place: Place) -> str:
    """The place as the controller reads it."""
    known = _holding(place.holding)
    value = Truncator(place.was).chars(60)
    return f"{known.data.label} ({place.key[:8]}), {known.field_label(place.field)}: {value}"


def fits(place: Place, wished: str) -> bool:
    """Whether the field could hold the value: said now rather than when the answer is sent."""
    known = _holding(place.holding)
    try:
        if known.data.fields[place.field].category == Category.EMAIL:
            wished = normalise_email(wished)
        known.model._meta.get_field(place.field).clean(wished, None)  # type: ignore[union-attr]
    except (ValueError, ValidationError):
        return False
    return True


def _holding(label: str) -> Holding:
    return next(known for known in holdings() if known.label == label)
