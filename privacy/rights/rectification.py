"""Rectification, GDPR article 16: chosen fields of chosen rows, all or none, read again afterwards."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from privacy.audit import trail
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Category
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject
from privacy.rights import holds, objection, restriction
from privacy.web import fields


class RectificationError(ValueError):
    """Nothing was changed, because of one row: ``holding``, ``key``, and ``field`` where one alone is the cause."""

    def __init__(self, holding: str, key: str, field: str = "") -> None:
        super().__init__(f"{holding} {key} {field}".rstrip())
        self.holding, self.key, self.field = holding, key, field


class NotRectifiableError(RectificationError):
    """No such field, one that may not be rectified, or a row that is not about this person (any more)."""


class InvalidCorrectionError(RectificationError):
    """The new value is not valid, or is taken by somebody else."""


class ValueChangedError(RectificationError):
    """The field does not have the value any more that the decision was about."""


class NotWrittenError(RectificationError):
    """The database holds something else than what was written."""


@dataclass(frozen=True)
class FieldCorrection:
    """The new value of one field of one row; ``holding`` is a label, ``key`` the primary key as text.

    ``was`` is the value as text that the field must still have; ``None`` for any.
    """

    holding: str
    key: str
    field: str
    value: object
    was: str | None = None


def rectify(subject: Subject, corrections: Collection[FieldCorrection], *, now: datetime) -> int:
    """Write ``corrections`` to rows about ``subject`` in one transaction; returns how many rows changed.

    Addresses, telephone numbers and postcodes are normalised. Raises :class:`RectificationError`; then nothing was
    changed.
    """
    by_row: dict[tuple[str, str], list[FieldCorrection]] = defaultdict(list)
    for each in corrections:
        by_row[each.holding, each.key].append(each)
    with transaction.atomic():
        rows = [(_holding(label, key), key, wanted) for (label, key), wanted in by_row.items()]
        locked = [(known, _lock(known, subject, key), wanted) for known, key, wanted in rows]
        for known, row, wanted in locked:
            _write(known, row, wanted)
        addresses = {
            str(getattr(row, each.field))
            for known, row, wanted in locked
            for each in wanted
            if known.data.fields[each.field].category == Category.EMAIL
        }
        restriction.extend_to_addresses(subject, addresses, now=now)
        objection.extend_to_addresses(subject, addresses, now=now)
        holds.extend_to_addresses(subject, addresses, now=now)
        names = sorted({f"{each.holding}.{each.field}" for each in corrections})
        trail.record(
            "privacy.rectification.rectified", now=now, about=min(subject.fingerprints, default=""),
            detail={"rows": len(locked), "fields": ", ".join(names)},
        )  # fmt: skip
    return len(locked)


def as_text(value: object) -> str:
    """A value as it is compared with :attr:`FieldCorrection.was`."""
    return "" if value is None else str(value)


def _holding(label: str, key: str) -> Holding:
    for known in holdings():
        if known.label == label:
            return known
    raise NotRectifiableError(label, key)


def _lock(known: Holding, subject: Subject, key: str) -> models.Model:
    rows = known.about(subject)
    if not issubclass(
        known.model, AppendOnlyModel
    ):  # of a ledger nothing is rectified, and no row can be locked
        rows = rows.select_for_update(of=("self",))
    try:
        row: models.Model = rows.get(pk=key)
    except (ObjectDoesNotExist, ValueError, ValidationError) as error:
        raise NotRectifiableError(known.label, key) from error
    return row


def _write(known: Holding, row: models.Model, wanted: list[FieldCorrection]) -> None:
    for each in wanted:
        setattr(row, each.field, _clean(known, row, each))
    names = [each.field for each in wanted]
    place = (known.label, wanted[0].key, names[0] if len(names) == 1 else "")
    try:
        with transaction.atomic():
            row.save(update_fields=names)
    except IntegrityError as error:
        raise InvalidCorrectionError(*place) from error
    again = known.rows().get(pk=row.pk)
    if any(getattr(again, name) != getattr(row, name) for name in names):
        raise NotWrittenError(*place)


def _clean(known: Holding, row: models.Model, wanted: FieldCorrection) -> object:
    place = (known.label, wanted.key, wanted.field)
    datum, value = known.data.fields.get(wanted.field), wanted.value
    if datum is None or not datum.rectifiable:
        raise NotRectifiableError(*place)
    if wanted.was is not None and as_text(getattr(row, wanted.field)) != wanted.was:
        raise ValueChangedError(*place)
    try:
        if isinstance(value, str):
            value = fields.as_stored(datum.category, value)
        return known.model._meta.get_field(wanted.field).clean(value, row)  # type: ignore[union-attr]
    except (ValueError, ValidationError) as error:
        raise InvalidCorrectionError(*place) from error
