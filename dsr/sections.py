"""What is held about one person, holding by holding, as the data map finds and explains it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from dsr.models import Reserve, Strike
from dsr.striking import free_texts, mark
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
    is_text: bool = False
    is_struck: bool = False

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

    key: str
    lines: list[Line]
    originals: list[Original]
    deleted_at: datetime | None

    def struck(self) -> list[str]:
        """The fields in which words are struck out."""
        return [line.name for line in self.lines if line.is_struck]


@dataclass(frozen=True)
class Section:
    """One holding, searched and explained (GDPR 15(1)(a) to (g)); `records` is empty where nothing is held.

    `reserve` says that, and why, what is held was kept back, `reserves` the same of single records; `stays` why an
    erasure passes it by.
    """

    told: Information
    records: list[Record]
    reserve: Reserve | None = None
    reserves: Sequence[Reserve] = ()
    stays: str = ""

    @property
    def is_table(self) -> bool:
        """Many records read better as lines of a table, a few as lists of facts."""
        return len(self.records) > LONGEST_LIST

    @property
    def has_files(self) -> bool:
        return any(record.originals for record in self.records)

    @property
    def withheld(self) -> list[Reserve]:
        """Everything that was kept back from it."""
        return [self.reserve] if self.reserve else list(self.reserves)

    @property
    def struck_texts(self) -> int:
        """In how many texts words are struck out."""
        return sum(len(record.struck()) for record in self.records)

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


@dataclass(frozen=True)
class Less:
    """What a copy leaves out: records that are kept back, words that are struck out."""

    reserves: Sequence[Reserve] = ()
    strikes: Mapping[tuple[str, str, str], Strike] = field(default_factory=dict)

    def whole(self, label: str) -> Reserve | None:
        """Why all of a holding is kept back."""
        return next((each for each in self.reserves if (each.holding, each.key) == (label, "")), None)

    def single(self, label: str) -> dict[str, Reserve]:
        """Why single records of a holding are kept back, by key."""
        return {each.key: each for each in self.reserves if each.holding == label and each.key}


NOTHING_LESS = Less()


def collect(subject: Subject, *, now: datetime, less: Less = NOTHING_LESS) -> list[Section]:
    """Search every holding for the person: a read, past nobody's period, in the language in force.

    Raises :class:`~dsr.models.strikes.TextChanged` when words are struck out of another text than there is today.
    """
    found = [_section(known, subject, now, less) for known in holdings()]
    # What the person gave comes first: they recognise it, and it is what they came for.
    return sorted(found, key=lambda section: not section.told.is_given)


def collect_portable(subject: Subject, *, now: datetime, less: Less = NOTHING_LESS) -> list[Section]:
    """What the person provided on consent or contract, and nothing else (GDPR article 20); raises the same."""
    wanted = [(known, portable_fields(known)) for known in holdings()]
    return [_section(known, subject, now, less, names) for known, names in wanted if names]


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


def _section(
    known: Holding, subject: Subject, now: datetime, less: Less, only: frozenset[str] | None = None
) -> Section:
    whole, single = less.whole(known.label), less.single(known.label)
    records = [] if whole else list(_records(known, subject, now, only))
    left = [_struck(known.label, record, less) for record in records if record.key not in single]
    gone_without = [single[record.key] for record in records if record.key in single]
    return Section(explain(known), left, whole, gone_without, str(known.data.stays))


def _struck(label: str, record: Record, less: Less) -> Record:
    """The record with a mark in the place of each word that is struck out."""

    def line(told: Line) -> Line:
        strike = less.strikes.get((label, record.key, told.name))
        return (
            replace(told, value=strike.over(str(told.value or ""), mark()), is_struck=True)
            if strike
            else told
        )

    return replace(record, lines=[line(told) for told in record.lines]) if less.strikes else record


def _records(
    holding: Holding, subject: Subject, now: datetime, only: frozenset[str] | None
) -> Iterator[Record]:
    since = holding.data.keep.since
    wanted = frozenset(holding.data.fields) if only is None else only
    texts = free_texts(holding)
    needed = [name for name in (since.rpartition("__")[0], *_copied_files(holding)) if name]
    rows = holding.live(now, among=holding.about(subject)).order_by(since, "pk")
    for number, row in enumerate(rows.select_related(*needed) if needed else rows, start=1):
        files = [name for name in _copied_files(holding, row) if name in wanted]
        yield Record(
            key=str(row.pk),
            lines=[
                Line(name, str(label), value, is_text=name in texts)
                for name, label, value in holding.export(row)
                if name in wanted
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
