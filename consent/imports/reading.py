"""Reading a list that somebody brings along: CSV here, XLSX where documents are examined.

The file is read once, at the desk, and not kept: its lines are.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from privacy.files import examiner
from privacy.files.errors import UploadRefusedError

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 20_000
DELIMITERS: Final = (";", ",", "\t")

EMAIL, LANGUAGE, SOURCE, OBTAINED, PROOF = "email", "language", "source", "obtained_on", "proof"
HEADINGS: Final = {
    EMAIL: ("email", "e-mail", "mail", "e-mail address", "adresse e-mail", "adresse mail", "courriel"),
    LANGUAGE: ("language", "langue"),
    SOURCE: ("source", "origine", "provenance"),
    OBTAINED: ("date", "obtained on", "date of consent", "date du consentement", "recueilli le"),
    PROOF: ("proof", "proof of consent", "preuve", "preuve du consentement"),
}
TEMPLATE: Final = {
    "en": ("e-mail", "language", "source", "date", "proof"),
    "fr": ("e-mail", "langue", "source", "date", "preuve"),
}

EMPTY = _("This file holds no lines.")
TOO_LARGE = _("This file is too large: at most 5 MB and 20,000 lines. Split it.")
NO_LIST = _("This is neither a CSV nor an XLSX file that we can read.")
NO_EMAIL = _("No column is called “e-mail”. The first line names the columns: download the template.")
TWICE = _("Two columns have the same meaning. Keep one of them.")
BUSY = _("Many files are being examined at this moment. Please choose the file again in a minute.")
REFUSALS: Final = {"unpacked": TOO_LARGE, "busy": BUSY}


class UnreadableListError(ValueError):
    """Nothing was taken in. Its text says why, for whoever brought the file."""


@dataclass(frozen=True)
class ListLine:
    """What stands in one line, by the names of :data:`HEADINGS`; ``number`` is that of the line in the file."""

    number: int
    cells: dict[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


def read(content: bytes) -> list[ListLine]:
    """Lines without content are left out. Raises :class:`UnreadableListError`."""
    if len(content) > MOST_BYTES:
        raise UnreadableListError(TOO_LARGE)
    rows = _xlsx(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    heading = next(rows, None)
    if heading is None:
        raise UnreadableListError(EMPTY)
    columns = _columns(heading[1])
    lines = [ListLine(number, _named(cells, columns)) for number, cells in rows]
    if not lines:
        raise UnreadableListError(EMPTY)
    return lines


def template(language: str) -> list[tuple[str, ...]]:
    """The headings, and a line that shows how they are filled in."""
    return [TEMPLATE.get(language, TEMPLATE["en"])]


def _columns(heading: list[str]) -> dict[int, str]:
    named = {place: name for place, cell in enumerate(heading) if (name := _meaning(cell))}
    if len(set(named.values())) < len(named):
        raise UnreadableListError(TWICE)
    if EMAIL not in named.values():
        raise UnreadableListError(NO_EMAIL)
    return named


def _meaning(cell: str) -> str:
    word = " ".join(unicodedata.normalize("NFKC", cell).casefold().replace("_", " ").split())
    return next((name for name, words in HEADINGS.items() if word in words), "")


def _named(cells: list[str], columns: dict[int, str]) -> dict[str, str]:
    return {name: cells[place].strip() for place, name in columns.items() if place < len(cells)}


def _numbered(rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that says something. Raises as soon as there are too many."""
    for number, cells in enumerate(rows, start=1):
        if number > MOST_ROWS + 1:
            raise UnreadableListError(TOO_LARGE)
        if any(cell.strip() for cell in cells):
            yield number, cells


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\0" in text:
        raise UnreadableListError(NO_LIST)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        yield from _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableListError(NO_LIST) from error


def _decoded(content: bytes) -> str:
    """UTF-8, with or without its mark, else Windows-1252, which spreadsheets of Windows still write."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableListError(NO_LIST)


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet, opened in a process of its own."""
    try:
        rows: list[list[str]] = json.loads(examiner.run("xlsx-rows", content))
    except UploadRefusedError as error:
        raise UnreadableListError(REFUSALS.get(str(error), NO_LIST)) from error
    yield from _numbered(rows)
