"""The data map: what a model says about the people in it, declared beside its fields.

From this one declaration follow the purge, the access package, rectification, erasure, the public page of what
is held, the form notices and the register. The registry is Django's own: :func:`holdings` reads it.

A model of ours carries ``personal_data``; a model of somebody else's is declared by the app that brings it here:
``third_party_data`` in :mod:`privacy.plugins`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from privacy import plugins
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Declaration,
    Keep,
    NotPersonal,
    PersonalData,
    Purpose,
    Recipient,
    Text,
)
from privacy.datamap.periods import expires_expression
from privacy.datamap.subjects import Subject, fingerprint

__all__ = [
    "Basis",
    "Category",
    "Datum",
    "Holding",
    "Keep",
    "NotPersonal",
    "PersonalData",
    "PersonalDataModel",
    "PersonalDataQuerySet",
    "Purpose",
    "Recipient",
    "holding",
    "holdings",
    "with_accounts",
]


@dataclass(frozen=True)
class Holding:
    """A model that holds personal data, with its declaration."""

    model: type[Model]
    data: PersonalData

    @property
    def label(self) -> str:
        """``app.model``: its stable name in the policy's placeholders, audit entries and packages."""
        return self.model._meta.label_lower

    @property
    def is_searched(self) -> bool:
        """Whether people are looked up in it at all."""
        return bool(self.data.subject)

    def rows(self) -> QuerySet[Model]:
        """Every row, past its period or not."""
        return self.model._default_manager.all()

    def about(self, subject: Subject, *, among: QuerySet[Model] | None = None) -> QuerySet[Model]:
        """The rows about ``subject``; none when no key of theirs is known."""
        rows = self.rows() if among is None else among
        matches = self.is_about(subject)
        return rows.filter(matches) if matches else rows.none()

    def is_about(self, subject: Subject) -> Q:
        """The condition of :meth:`about`; empty when no key of theirs is known."""
        matches = (
            Q(**{f"{lookup}__in": subject.keys(attribute)})
            for attribute, lookup in self.data.subject.items()
            if subject.keys(attribute)
        )
        return reduce(or_, matches, Q())

    def live(self, now: datetime, *, among: QuerySet[Model] | None = None) -> QuerySet[Model]:
        """The rows whose period still runs at ``now``: no others may be shown to anybody."""
        rows = self.rows() if among is None else among
        keep = self.data.keep
        surely = Q(**{f"{keep.since}__gte": keep.period.latest(now)})
        bound = Q(**{f"{keep.since}__gt": keep.period.earliest(now)})
        not_begun = Q(**{f"{keep.since}__isnull": True})
        live = rows.filter(bound & (surely | Q(GreaterThan(self._expires(), now))) | not_begun)
        if not keep.until:
            return live
        return live.filter(Q(**{f"{keep.until}__isnull": True}) | Q(**{f"{keep.until}__gt": now}))

    def active(self, now: datetime, *, among: QuerySet[Model] | None = None) -> QuerySet[Model]:
        """The live rows in daily use; the archive is left out."""
        rows, keep = self.live(now, among=among), self.data.keep
        if keep.active is None:
            return rows
        begun = Q(GreaterThan(expires_expression(keep.since, keep.active), now))
        return rows.filter(begun | Q(**{f"{keep.since}__isnull": True}))

    def tellable(self, now: datetime, *, among: QuerySet[Model]) -> QuerySet[Model]:
        """The live rows ``among`` that their person may be told of: a law may forbid it of some."""
        sources = [source for config in plugins.installed() for source in config.forbidden_rows]
        conditions = [source(self.label, now=now) for source in sources]
        forbidden = reduce(or_, filter(None, conditions), Q())
        rows = self.live(now, among=among)
        return rows.exclude(forbidden) if forbidden else rows

    def due(self, now: datetime, *, among: QuerySet[Model] | None = None) -> QuerySet[Model]:
        """The rows whose period is over at ``now``."""
        return (self.rows() if among is None else among).filter(self.is_due(now))

    def is_due(self, now: datetime) -> Q:
        """The condition of :meth:`due`. Calendar arithmetic is slow: only rows near its bounds need it."""
        keep = self.data.keep
        surely = Q(**{f"{keep.since}__lte": keep.period.earliest(now)})
        bound = Q(**{f"{keep.since}__lt": keep.period.latest(now)})
        is_over = bound & (surely | Q(LessThanOrEqual(self._expires(), now)))
        if not keep.until:
            return is_over
        # Never unknown where there is no such end: previews group by this.
        return is_over | Q(**{f"{keep.until}__isnull": False, f"{keep.until}__lte": now})

    def since(self, row: Model) -> datetime | None:
        """When the period of ``row`` began; ``None`` if it has not."""
        return _value(row, self.data.keep.since)

    def expires_at(self, row: Model) -> datetime | None:
        """When the period of ``row`` is over, or its own earlier end comes; ``None`` if neither is known."""
        keep, since = self.data.keep, self.since(row)
        ends = (keep.period.after(since) if since else None, _value(row, keep.until) if keep.until else None)
        return min(filter(None, ends), default=None)

    def export(self, row: Model) -> list[tuple[str, Text, object]]:
        """The personal fields of ``row``: name, label in the language in force, value as shown to people. No files."""
        return [
            (name, self.field_label(name), datum.shown_as or _shown(row, name))
            for name, datum in self.data.fields.items()
            if name not in self.file_fields()
        ]

    def field_label(self, name: str) -> Text:
        return self.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]

    def file_fields(self) -> list[str]:
        """The names of the fields that point at an encrypted file."""
        return [name for name, datum in self.data.fields.items() if datum.is_file]

    def files(self, row: Model) -> list[Any]:
        return [file for name in self.file_fields() if (file := getattr(row, name)) is not None]

    def pseudonyms(self, rows: QuerySet[Model]) -> dict[object, set[str]]:
        """For each of ``rows``, by primary key, the pseudonyms of the people it is about."""
        found: dict[object, set[str]] = {}
        for attribute, keyed in (("emails", fingerprint), ("fingerprints", str)):
            if lookup := self.data.subject.get(attribute):
                for key, value in rows.values_list("pk", lookup):
                    found.setdefault(key, set()).update({keyed(value)} if value else ())
        return found

    def pseudonym(self, row: Model) -> str:
        """The pseudonym of the person that ``row`` is about; empty when none of their addresses is known."""
        found = self.pseudonyms(self.rows().filter(pk=row.pk))
        return min(found.get(row.pk, ()), default="")

    def _expires(self) -> models.Expression:
        return expires_expression(self.data.keep.since, self.data.keep.period)


def _value(row: Model, lookup: str) -> datetime | None:
    return reduce(getattr, lookup.split("__"), row)  # type: ignore[return-value]


def _shown(row: Model, name: str) -> object:
    display = getattr(row, f"get_{name}_display", None)
    return display() if callable(display) else getattr(row, name)


def declarations() -> Iterator[tuple[type[Model], Declaration | None]]:
    """Each concrete model of the site with what was declared for it; ``None`` if nothing was."""
    third_party = {
        label.lower(): declaration
        for config in plugins.installed()
        for label, declaration in config.third_party_data.items()
    }
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        yield model, third_party.get(model._meta.label_lower, model.__dict__.get("personal_data"))


@cache
def holdings() -> tuple[Holding, ...]:
    """Every model that holds personal data, in the order of the installed apps."""
    return tuple(
        Holding(model, declared) for model, declared in declarations() if isinstance(declared, PersonalData)
    )


def holding(model: type[Model]) -> Holding:
    """The holding of ``model``. Raises :class:`LookupError` when it declares no personal data."""
    for known in holdings():
        if known.model is model:
            return known
    raise LookupError(f"{model._meta.label} declares no personal data")


def with_accounts(subject: Subject) -> Subject:
    """The same person with the accounts under their addresses: some rows hold only the number of an account."""
    found = set(subject.accounts)
    for known in holdings():
        lookups = known.data.subject
        if {"emails", "accounts"} <= lookups.keys():
            rows = known.about(Subject(emails=subject.emails))
            found.update(rows.values_list(lookups["accounts"], flat=True))
    return replace(subject, accounts=frozenset(found))


class PersonalDataQuerySet(QuerySet[Any]):
    def about(self, subject: Subject) -> Self:
        return holding(self.model).about(subject, among=self)  # type: ignore[return-value]

    def live(self, now: datetime) -> Self:
        """The rows within their period: the only ones that may be shown."""
        return holding(self.model).live(now, among=self)  # type: ignore[return-value]

    def tellable(self, now: datetime) -> Self:
        """Those of the live rows that their person may be told of."""
        return holding(self.model).tellable(now, among=self)  # type: ignore[return-value]

    def due(self, now: datetime) -> Self:
        return holding(self.model).due(now, among=self)  # type: ignore[return-value]


class PersonalDataModel(models.Model):
    """Base of every model of ours that holds personal data."""

    personal_data: ClassVar[PersonalData]
    objects: ClassVar[Any] = PersonalDataQuerySet.as_manager()

    class Meta:
        abstract = True
