"""Lists as tests bring them in."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl

from consent.imports import lists
from consent.imports.checking import ForAll
from consent.imports.models import ProspectList
from privacy.audit import trail

HEADING = ("e-mail", "language", "source", "date", "proof")
ALL = ForAll("en", "Fair of Pau", date(2026, 11, 2), "Register of the fair, page 3")
NOTHING = ForAll("en")


def csv_of(*rows: Sequence[str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    return "".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding)


def xlsx_of(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def bring_in(*addresses: str, now: datetime, common: ForAll = ALL) -> ProspectList:
    with trail.acting("user:1", "test"):
        content = csv_of(("e-mail",), *((address,) for address in addresses))
        return lists.bring_in(content, title="Fair", common=common, now=now)


def start(found: ProspectList, *, now: datetime) -> None:
    with trail.acting("user:1", "test"):
        lists.start(found.pk, now=now)
