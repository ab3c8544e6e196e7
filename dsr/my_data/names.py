"""Whose records these are: several people may read one mailbox, and each may see on a page their own alone.

A record that bears another first name or surname than the account is left to a request, where somebody looks. Of an
account without a name, records count where all of them bear the same one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from privacy.datamap.declarations import Category
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject

NAMES = (Category.FIRST_NAME, Category.SURNAME)
MOST = 50  # different names under one mailbox: what bears another one is nobody's here
Names = dict[str, list[str | None]]  # by the lookup on a holding, the names that its rows bear


@dataclass(frozen=True)
class BorneNames:
    """The names that stand in the records about one person, and which of them are theirs."""

    found: Mapping[str, Names]
    own: Mapping[Category, str]

    def only_own(self, known: Holding, rows: "QuerySet[Model]") -> "QuerySet[Model]":
        """Those of ``rows`` that bear no name, or the person's own."""
        for lookup, category in _lookups(known).items():
            names = [name for name in self.found[known.label][lookup] if self._is_own(category, name)]
            rows = rows.filter(Q(**{f"{lookup}__in": names}) | Q(**{f"{lookup}__isnull": True}))
        return rows

    def _is_own(self, category: Category, name: str | None) -> bool:
        return name is not None and plain(name) in {"", self.own[category]}


def borne(person: Subject, account: Mapping[Category, str]) -> BorneNames:
    """One query a holding with names. ``account`` has the names of the account, empty where it has none."""
    found = {known.label: _in(known, person) for known in holdings() if known.is_searched}
    own = {category: plain(account.get(category, "")) or _shared(category, found) for category in NAMES}
    return BorneNames(found, own)


def plain(name: str) -> str:
    """Without capitals, accents and signs."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", bare.casefold()))


def _in(known: Holding, person: Subject) -> Names:
    lookups = _lookups(known)
    if not lookups:
        return {}
    rows = known.about(person).order_by().values_list(*lookups).distinct()[:MOST]
    found = list(rows)
    return {lookup: [row[place] for row in found] for place, lookup in enumerate(lookups)}


def _shared(category: Category, found: Mapping[str, Names]) -> str:
    """The one name of this kind that all records bear; where they bear several, one that nobody has."""
    borne_names: dict[Category, set[str]] = defaultdict(set)
    for known in holdings():
        for lookup, kind in _lookups(known).items() if known.label in found else ():
            borne_names[kind].update(plain(name) for name in found[known.label][lookup] if name)
    names = borne_names[category] - {""}
    return names.pop() if len(names) == 1 else ""


def _lookups(known: Holding) -> dict[str, Category]:
    """Where the name of the person stands on a row, or on the record that it belongs to."""
    declared = {each.model: each.data.fields for each in holdings()}
    found: dict[str, Category] = {}
    for email in (lookup for attribute, lookup in known.data.subject.items() if attribute == "emails"):
        prefix = email.rpartition("__")[0]
        fields = declared.get(_related(known.model, prefix), {})
        found |= {
            f"{prefix}__{name}" if prefix else name: datum.category
            for name, datum in fields.items()
            if datum.category in NAMES and not datum.shown_as
        }
    return found


def _related(model: type[Model], path: str) -> type[Model]:
    for step in filter(None, path.split("__")):
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)
        model = related
    return model
