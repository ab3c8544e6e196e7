"""The suffix of a day's number, "S" in Django's date formats, which is English in every language."""

from datetime import date

from django.utils.dateformat import DateFormat
from django.utils.translation import get_language

IN_ENGLISH = DateFormat.S


def suffix(written: DateFormat) -> str:
    """In French the first of a month has one, "1er mars", and no other day: "2 mars"."""
    if (get_language() or "").startswith("fr"):
        return "er" if isinstance(written.data, date) and written.data.day == 1 else ""
    return IN_ENGLISH(written)


def install() -> None:
    """For every date: in pages, mails, letters and the policy, and in the admin's own lists."""
    DateFormat.S = suffix  # type: ignore[method-assign,assignment]
