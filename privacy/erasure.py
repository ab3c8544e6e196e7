"""Deleting rows with everything that hangs on them: what depends on them, and their encrypted files.

The purge and the erasure of one person both delete through here, and nothing else does.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector

from privacy import ledger, seals, storage
from privacy.models import StoredFile


@dataclass(frozen=True)
class Erased:
    """How much went: rows asked for, rows that depended on them, encrypted files."""

    rows: int
    dependants: int
    files: int


def delete(rows: "QuerySet[Any]") -> Erased:
    """Delete ``rows``, also from ledgers. Raises :class:`~django.db.models.ProtectedError` when one must stay.

    The keys of the files go in this transaction, their content once it stands. What goes from a ledger is noted.
    """
    with ledger.deletion():
        collector = Collector(using=rows.db, origin=rows)
        collector.collect(rows)
        files: set[uuid.UUID] = set()
        for found in _collected(collector):
            files.update(_files_of(found))
            _note_removal(found)
        _total, counts = collector.delete()
        asked_for = counts.pop(rows.model._meta.label, 0)
        return Erased(asked_for, sum(counts.values()), storage.destroy(files))


def _collected(collector: Collector) -> Iterator["QuerySet[Any]"]:
    for rows in collector.fast_deletes:
        yield rows if isinstance(rows, QuerySet) else _again(type(rows[0]), rows)
    for model, instances in collector.data.items():
        yield _again(model, instances)


def _note_removal(rows: "QuerySet[Any]") -> None:
    """A sealed row that is gone must be known to be lawfully gone."""
    if rows.model in seals.ledgers() and (keys := list(rows.values_list("pk", flat=True))):
        seals.note_removal(rows.model, keys)


def _again(model: type[Model], instances: Any) -> "QuerySet[Any]":
    return model._base_manager.filter(pk__in=[row.pk for row in instances])


def _files_of(rows: "QuerySet[Any]") -> Iterator[uuid.UUID]:
    for field in rows.model._meta.concrete_fields:
        if field.related_model is StoredFile:
            yield from rows.exclude(**{field.name: None}).values_list(field.attname, flat=True)
