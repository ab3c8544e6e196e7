"""Rectification, GDPR article 16: chosen fields of chosen rows, all or none, read again afterwards."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from privacy import audit
from privacy.datamap import Category, Holding, holdings
from privacy.subjects import Subject, normalise_email


class NotRectifiable(ValueError):
    """No such field, one that may not be rectified, or a row that is not about this person."""


class Impossible(ValueError):
    """The new value does not fit: not valid, or taken by somebody else. ``field`` is its name."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class NotWritten(RuntimeError):
    """The database holds something else than what was written: nothing was changed."""


@dataclass(frozen=True)
class Correction:
    """The new value of one field of one row; ``holding`` is a label, ``key`` the primary key as text."""

    holding: str
    key: str
    field: str
    value: Any


def rectify(subject: Subject, corrections: Collection[Correction], *, now: datetime) -> int:
    """Write ``corrections`` to rows about ``subject`` in one transaction; returns how many rows changed.

    Addresses are normalised. Raises :class:`NotRectifiable`, :class:`Impossible`, :class:`NotWritten`; then
    nothing was changed.
    """
    by_row: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for each in corrections:
        by_row[each.holding, each.key][each.field] = each.value
    with transaction.atomic():
        rows = [(_holding(label), key, values) for (label, key), values in by_row.items()]
        locked = [(known, _lock(known, subject, key), values) for known, key, values in rows]
        for known, row, values in locked:
            _write(known, row, values)
        names = sorted({f"{each.holding}.{each.field}" for each in corrections})
        audit.record(
            "privacy.rectification.rectified", now=now, about=min(subject.fingerprints, default=""),
            detail={"rows": len(locked), "fields": ", ".join(names)},
        )  # fmt: skip
    return len(locked)


def _holding(label: str) -> Holding:
    for known in holdings():
        if known.label == label:
            return known
    raise NotRectifiable(label)


def _lock(known: Holding, subject: Subject, key: str) -> models.Model:
    try:
        row: models.Model = known.about(subject).select_for_update(of=("self",)).get(pk=key)
    except (ObjectDoesNotExist, ValueError, ValidationError) as error:
        raise NotRectifiable(f"{known.label} {key}") from error
    return row


def _write(known: Holding, row: models.Model, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, _clean(known, row, name, value))
    try:
        with transaction.atomic():
            row.save(update_fields=list(values))
    except IntegrityError as error:
        raise Impossible(next(iter(values)), "taken") from error
    again = known.rows().get(pk=row.pk)
    if any(getattr(again, name) != getattr(row, name) for name in values):
        raise NotWritten(known.label)


def _clean(known: Holding, row: models.Model, name: str, value: Any) -> Any:
    datum = known.data.fields.get(name)
    if datum is None or not datum.rectifiable:
        raise NotRectifiable(f"{known.label}.{name}")
    try:
        if datum.category == Category.EMAIL:
            value = normalise_email(str(value))
        return known.model._meta.get_field(name).clean(value, row)  # type: ignore[union-attr]
    except (ValueError, ValidationError) as error:
        raise Impossible(name, "invalid") from error
