"""Tables for spreadsheets, in which nothing that somebody typed can act as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDEST, NARROWEST = 60, 12
CELL_BOUND = 32_767  # what the format can hold


def escape_formula(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; anything else stays."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}").startswith(FORMULA_SIGNS) else text


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
