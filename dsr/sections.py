"""What is held about one person, holding by holding, as the data map finds and explains it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from dsr.models import Reserve
from privacy.datamap import Basis, Category, Holding, holdings
from privacy.information import Information, explain
from privacy.models import StoredFile
from privacy.subjects import Subject

LONGEST_LIST = 3
LONGEST_CELL = 200
PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})


@dataclass(frozen=True)
class Line:
    """One datum of a record."""

    name: str
    label: str
    value: Any

    @property
    def shown(self) -> str:
        """The value as people read it, in the language in force."""
        return _in_words(self.value)

    @property
    def is_long(self) -> bool:
        """Too long for a cell of a table: it would make a column of single words."""
        return len(self.shown) > LONGEST_CELL


@dataclass(frozen=True)
class Original:
    """A file of the person's, and the path that it has in the package."""

    label: str
    path: str
    file: StoredFile


@dataclass(frozen=True)
class Record:
    """One row about the person."""

    lines: list[Line]
    originals: list[Original]
    deleted_at: datetime | None


@dataclass(frozen=True)
class Section:
    """One holding, searched and explained (GDPR 15(1)(a) to (g)); `records` is empty where nothing is held.

    `reserve` says that, and why, what is held was kept back; `stays` why an erasure passes it by.
    """

    told: Information
    records: list[Record]
    reserve: Reserve | None = None
    stays: str = ""

    @property
    def is_table(self) -> bool:
        """Many records read better as lines of a table, a few as lists of facts."""
        return len(self.records) > LONGEST_LIST

    @property
    def has_files(self) -> bool:
        return any(record.originals for record in self.records)

    def purposes(self) -> list[str]:
        return _labels(use.purpose for use in self.told.uses)

    def reasons(self) -> list[str]:
        """The purposes in plain words."""
        return list(dict.fromkeys(use.reason for use in self.told.uses))

    def bases(self) -> list[str]:
        return _labels(use.basis for use in self.told.uses)

    def categories(self) -> list[str]:
        return _labels(self.told.categories)

    def recipients(self) -> list[str]:
        return _labels(self.told.recipients)


def collect(
    subject: Subject, *, now: datetime, reserves: Mapping[str, Reserve] | None = None
) -> list[Section]:
    """Search every holding for the person: a read, past nobody's period, in the language in force.

    The holdings in ``reserves``, by label, are kept back.
    """
    kept_back = reserves or {}
    found = [_section(known, subject, now, kept_back.get(known.label)) for known in holdings()]
    # What the person gave comes first: they recognise it, and it is what they came for.
    return sorted(found, key=lambda section: not section.told.is_given)


def collect_portable(subject: Subject, *, now: datetime) -> list[Section]:
    """What the person provided on consent or contract, and nothing else (GDPR article 20)."""
    wanted = [(known, portable_fields(known)) for known in holdings()]
    return [
        Section(explain(known), list(_records(known, subject, now, names)))
        for known, names in wanted
        if names
    ]


def hide(found: list[Section], category: Category) -> list[Section]:
    """The same with the values of one category hidden: not everybody at the desk may see everything."""
    declared = {known.label: known.data.fields for known in holdings()}

    def told(section: Section, line: Line) -> Line:
        is_hidden = declared[section.told.label][line.name].category == category
        return replace(line, value=gettext("hidden")) if is_hidden else line

    def masked(section: Section) -> list[Record]:
        return [
            replace(record, lines=[told(section, line) for line in record.lines])
            for record in section.records
        ]

    return [replace(section, records=masked(section)) for section in found]


def portable_fields(known: Holding) -> frozenset[str]:
    """The fields of a holding that a person may take elsewhere."""
    return frozenset(
        name
        for name, datum in known.data.fields.items()
        if datum.provided and (datum.basis or known.data.basis) in PORTABLE
    )


def _section(known: Holding, subject: Subject, now: datetime, reserve: Reserve | None) -> Section:
    return Section(
        explain(known), [] if reserve else list(_records(known, subject, now)), reserve, str(known.data.stays)
    )


def _records(
    holding: Holding, subject: Subject, now: datetime, only: frozenset[str] | None = None
) -> Iterator[Record]:
    since = holding.data.keep.since
    wanted = frozenset(holding.data.fields) if only is None else only
    needed = [name for name in (since.rpartition("__")[0], *_copied_files(holding)) if name]
    rows = holding.live(now, among=holding.about(subject)).order_by(since, "pk")
    for number, row in enumerate(rows.select_related(*needed) if needed else rows, start=1):
        files = [name for name in _copied_files(holding, row) if name in wanted]
        yield Record(
            lines=[
                Line(name, str(label), value) for name, label, value in holding.export(row) if name in wanted
            ],
            originals=[_original(holding, row, name, number) for name in files],
            deleted_at=holding.expires_at(row),
        )


def _copied_files(holding: Holding, row: models.Model | None = None) -> list[str]:
    """The file fields whose content goes into the package: not those that say something instead."""
    names = [name for name in holding.file_fields() if not holding.data.fields[name].said]
    return [name for name in names if row is None or getattr(row, name) is not None]


def _original(holding: Holding, row: models.Model, name: str, number: int) -> Original:
    file = getattr(row, name)
    safe = re.sub(r"[^\w.-]+", "_", file.name).strip("._")[-100:] or "file"
    path = f"files/{holding.label}/{number}-{name}-{safe}"
    return Original(str(holding.field_label(name)), path, file)


def _in_words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return gettext("(empty)")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return str(value)


def _labels(choices: Iterable[Any]) -> list[str]:
    """Their labels in the language in force, each once, in order."""
    return list(dict.fromkeys(str(choice.label) for choice in choices))
