"""Keyset pagination of very long lists: the thousandth page costs what the first does, and nothing is counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

SIZE = 50
SALT = "privacy.web.keyset"
Cursor = tuple[datetime, str]


@dataclass(frozen=True)
class KeysetPage:
    """Some rows of a list, and the cursors of the pages before and after; empty where there is none."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def page(
    rows: QuerySet[Model], by: str, *, before: str = "", after: str = "", size: int = SIZE
) -> KeysetPage:
    """The rows before or after the cursor of an earlier page, by the instant ``by`` (``-`` for newest first).

    Each row carries the instant as ``paged_by``. A cursor that is not ours means the beginning of the list.
    """
    cursor = _read(before or after)
    is_back = bool(before and cursor)
    is_down = by.startswith("-") != is_back
    rows = rows.annotate(paged_by=F(by.removeprefix("-")))
    rows = rows.order_by(*(("-paged_by", "-pk") if is_down else ("paged_by", "pk")))
    if cursor:
        rows = rows.filter(_beyond(cursor, is_down=is_down))
    found = list(rows[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    return KeysetPage(
        found,
        before=_cursor(found[0]) if found and (has_more if is_back else cursor) else "",
        after=_cursor(found[-1]) if found and (is_back or has_more) else "",
    )


def _beyond(cursor: Cursor, *, is_down: bool) -> Q:
    at, key = cursor
    way = "lt" if is_down else "gt"
    later = Q(**{f"paged_by__{way}": at}) | Q(**{"paged_by": at, f"pk__{way}": key})
    return later & Q(**{f"paged_by__{way}e": at})  # which an index answers


def _cursor(row: Any) -> str:
    return signing.dumps([row.paged_by.isoformat(), str(row.pk)], salt=SALT)


def _read(cursor: str) -> Cursor | None:
    try:
        at, key = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(at), key
