"""Masks: what a list shows of a person, enough to find the row again and too little to know who it is.

What is masked follows from the data map: :func:`is_masked`.
"""

import unicodedata
from typing import Any

from django.db.models import CharField, Field, GenericIPAddressField, TextField

from privacy.datamap.declarations import Category
from privacy.datamap.registry import Holding

LEFT_OUT = "…"
PSEUDONYM = 12  # signs of a pseudonym: enough to tell people apart
NAMES = (Category.FIRST_NAME, Category.SURNAME)
OF_THE_PERSON = {
    *NAMES,
    Category.EMAIL,
    Category.TELEPHONE,
    Category.POSTCODE,
    Category.POSTAL_ADDRESS,
    Category.IP_ADDRESS,
    Category.QUALIFICATIONS,
    Category.EXPERIENCE,
    Category.IDENTITY_PROOF,
}


def is_masked(held: Holding, field: "Field[Any, Any]") -> bool:
    """Whether a list shows a field only masked: what names or describes a person, whatever was written freely."""
    if is_pseudonym(held, field):
        return True
    datum = held.data.fields.get(field.name)
    if datum is None or field.choices or not isinstance(field, CharField | TextField | GenericIPAddressField):
        return False
    return datum.category in OF_THE_PERSON or isinstance(field, TextField)


def is_pseudonym(held: Holding, field: "Field[Any, Any]") -> bool:
    return held.data.subject.get("fingerprints") == field.name


def mask(held: Holding, field: "Field[Any, Any]", value: object) -> str:
    """What a list shows in place of ``value``; nothing where there is none."""
    text = str(value or "").strip()
    if not text:
        return ""
    if is_pseudonym(held, field):
        return text[:PSEUDONYM]
    category = held.data.fields[field.name].category
    if category in NAMES:
        return initials(text)
    return email(text) if category == Category.EMAIL else LEFT_OUT


def initials(*names: str) -> str:
    """``A. M.`` of a first name and a surname; each counts as one, however many words it has."""
    firsts = (unicodedata.normalize("NFC", name.strip())[:1] for name in names)
    return " ".join(f"{first.upper()}." for first in firsts if first)


def email(address: str) -> str:
    """``a…@e….com``."""
    local, _at, domain = address.strip().rpartition("@")
    host, _dot, ending = domain.rpartition(".")
    return f"{local[:1]}{LEFT_OUT}@{host[:1]}{LEFT_OUT}.{ending}" if local and host else LEFT_OUT


def names_of(held: Holding, row: object) -> str:
    """The initials of the person a row is about."""
    found = {datum.category: name for name, datum in held.data.fields.items()}
    return initials(*(getattr(row, found[name]) or "" for name in NAMES if name in found))
