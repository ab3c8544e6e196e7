"""The first sheet of a workbook (XLSX) as text: run by :mod:`privacy.files.sandbox`, never in the web process."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO

import openpyxl

from privacy.files.errors import UploadRefusedError

MOST_ROWS = 20_001  # with the one that names the columns
MOST_COLUMNS, MOST_SIGNS = 40, 2_000
MOST_PARTS = 500
MOST_UNPACKED = 40 * 1024 * 1024
MOST_TEXT = 20_000_000


def rows(content: bytes) -> bytes:
    """The rows as JSON, a list of cells each. A formula counts as the value that the spreadsheet kept of it, and is
    never worked out.

    Raises :class:`UploadRefusedError`, with "unpacked" for what is too large and "damaged" for what cannot be read.
    """
    try:
        _look_before_unpacking(content)
        return json.dumps(list(_bounded(_rows(content)))).encode()
    except (UploadRefusedError, MemoryError):
        raise
    except Exception as error:  # whatever a broken file makes the library raise
        raise UploadRefusedError("damaged") from error


def _look_before_unpacking(content: bytes) -> None:
    """What the archive says of its sizes also bounds what is unpacked: `zipfile` reads no further."""
    parts = zipfile.ZipFile(BytesIO(content)).infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UploadRefusedError("unpacked")


def _rows(content: bytes) -> Iterator[list[str]]:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
        yield [_as_text(cell) for cell in row]


def _bounded(rows_read: Iterator[list[str]]) -> Iterator[list[str]]:
    signs = 0
    for number, row in enumerate(rows_read, start=1):
        signs += sum(map(len, row))
        if number > MOST_ROWS or signs > MOST_TEXT:
            raise UploadRefusedError("unpacked")
        yield row


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)[:MOST_SIGNS]
