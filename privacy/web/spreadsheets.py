"""Tables for spreadsheets, in which nothing that somebody typed can act as a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

import xlsxwriter

FORMULA_SIGNS = frozenset("=+-@\N{MINUS SIGN}")
BREAKS = ("\t", "\r", "\n")  # at the beginning, some programs take what follows for the next cell
# Spaces, control and format signs, combining signs, and what Unicode knows of no use: nothing that anybody sees first.
INVISIBLE = ("Z", "C", "M")
FILLERS = frozenset(
    "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}"
    "\N{BRAILLE PATTERN BLANK}"
)
WIDEST, NARROWEST = 60, 12
CELL_BOUND = 32_767  # what the format can hold


def escape_formula(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; anything else stays."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = str(value)
    first = next((sign for sign in text if not _is_invisible(sign)), "")
    is_formula = text.startswith(BREAKS) or (bool(first) and _plain(first) in FORMULA_SIGNS)
    return f"'{text}" if is_formula else text


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign).startswith(INVISIBLE) or sign in FILLERS


def _plain(sign: str) -> str:
    """The first sign of what full-width, small, raised and lowered forms stand for."""
    return unicodedata.normalize("NFKC", sign)[:1]


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated, with the byte order mark by which spreadsheets recognise UTF-8."""
    target = io.StringIO()
    target.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    csv.writer(target).writerows([escape_formula(cell) for cell in row] for row in rows)
    return target.getvalue()


def as_xlsx(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """One sheet, its first row as heading; every cell is text, so that none can be a formula."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6ECE8"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:CELL_BOUND], body if number else head)
        for place, cells in enumerate(zip(*rows, strict=True)):
            longest = max((len(line) for cell in cells for line in cell.splitlines()), default=0)
            sheet.set_column(place, place, min(max(longest, NARROWEST), WIDEST))
        sheet.freeze_panes(1, 1)
    return whole.getvalue()
