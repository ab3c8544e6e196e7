"""The access package: everything that is held about one person, as pages, as data and as the files themselves.

What is in it comes from the data map alone: one section for each holding, also where nothing was found.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from dsr.models import SubjectRequest
from privacy import storage
from privacy.datamap import Holding, holdings
from privacy.information import Information, explain
from privacy.models import StoredFile
from privacy.subjects import Subject

FORMAT = "softnlabs-access-package/1"
STYLE = Path(__file__).parent / "package.css"
LONGEST_LIST = 3
LONGEST_CELL = 200


class Encoder(DjangoJSONEncoder):
    """Whatever JSON has no form for stands as people read it: a rare kind of field must not spoil a package."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


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
    """One holding, searched and explained (GDPR 15(1)(a) to (g)); `records` is empty where nothing is held."""

    told: Information
    records: list[Record]

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


def collect(subject: Subject, *, now: datetime) -> list[Section]:
    """Search every holding for the person: a read, past nobody's period, in the language in force."""
    return [Section(explain(holding), list(_records(holding, subject, now))) for holding in holdings()]


def compile_zip(request: SubjectRequest, *, now: datetime) -> bytes:
    """The package as one zip in the person's language. Raises :class:`storage.Unreadable` for a lost file."""
    with translation.override(request.language):
        sections = collect(request.subject(), now=now)
        page = render_to_string("dsr/package/index.html", _facts(request, sections, now))
        data = json.dumps(_as_data(request, sections, now), cls=Encoder, ensure_ascii=False, indent=1)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("style.css", STYLE.read_bytes())
        archive.writestr("data.json", data)
        for original in _originals(sections):
            archive.writestr(original.path, storage.read(original.file))
    return whole.getvalue()


def _records(holding: Holding, subject: Subject, now: datetime) -> Iterator[Record]:
    since = holding.data.keep.since
    needed = [name for name in (since.rpartition("__")[0], *_copied_files(holding)) if name]
    rows = holding.live(now, among=holding.about(subject)).order_by(since, "pk")
    for number, row in enumerate(rows.select_related(*needed) if needed else rows, start=1):
        yield Record(
            lines=[Line(name, str(label), value) for name, label, value in holding.export(row)],
            originals=[_original(holding, row, name, number) for name in _copied_files(holding, row)],
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


def _originals(sections: list[Section]) -> Iterator[Original]:
    for section in sections:
        for record in section.records:
            yield from record.originals


def _facts(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, Any]:
    return {
        "asked": request,
        "sections": sections,
        "held": [section for section in sections if section.records],
        "nothing": [section for section in sections if not section.records],
        "made_at": now,
        "language": request.language,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
    }


def _as_data(request: SubjectRequest, sections: list[Section], now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "reference": request.reference,
        "made_at": now,
        "language": request.language,
        "controller": {
            "entity": settings.ENTITY["name"],
            "name": settings.CONTROLLER["name"],
            "email": settings.CONTROLLER["email"],
        },
        "holdings": [_section_as_data(section) for section in sections],
    }


def _section_as_data(section: Section) -> dict[str, Any]:
    return {
        "name": section.told.label,
        "title": section.told.title,
        "purposes": section.purposes(),
        "legal_bases": section.bases(),
        "categories": section.categories(),
        "recipients": section.recipients(),
        "source": section.told.source,
        "kept": section.told.sentence,
        "records": [_record_as_data(record) for record in section.records],
    }


def _record_as_data(record: Record) -> dict[str, Any]:
    return {
        "data": {line.name: line.value for line in record.lines},
        "files": [original.path for original in record.originals],
        "deleted_at": record.deleted_at,
    }


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
