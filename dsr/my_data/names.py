"""Whose records these are: several people may read one mailbox, and each may see on a page their own alone.

Whoever made the account typed its name, and nobody checked it: it may hide records, and shows none by itself. Where
different names stand under one mailbox, that of the account included, each of them may be somebody's who reads it: what
bears a name is then left to a request, where somebody looks. The account itself is always shown.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
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
    """The names that stand in the records about one person."""

    person: Subject
    found: Mapping[str, Names]
    is_shared: bool
    """Whether they are those of several people, as far as anybody can tell."""

    def only_own(self, known: Holding, rows: "QuerySet[Model]") -> "QuerySet[Model]":
        """Those of ``rows`` that bear no name, or the person's own."""
        bears_none = Q()
        for lookup in _lookups(known):
            names = [name for name in self.found[known.label][lookup] if self._is_fit(name)]
            bears_none &= Q(**{f"{lookup}__in": names}) | Q(**{f"{lookup}__isnull": True})
        account = known.data.subject.get("accounts")
        is_account = Q(**{f"{account}__in": self.person.accounts}) if account else Q(pk__in=[])
        return rows.filter(bears_none | is_account) if bears_none else rows

    def _is_fit(self, name: str | None) -> bool:
        return name is not None and not (self.is_shared and plain(name))


def borne(person: Subject, account: Mapping[Category, str]) -> BorneNames:
    """One query a holding with names. ``account`` has the names of the account, empty where it has none."""
    found = {known.label: _in(known, person) for known in holdings() if known.is_searched}
    is_shared = any(len(_different(category, found, account)) > 1 for category in NAMES)
    return BorneNames(person, found, is_shared)


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


def _different(
    category: Category, found: Mapping[str, Names], account: Mapping[Category, str]
) -> Collection[str]:
    """The names of this kind under the mailbox."""
    different = {plain(account.get(category, ""))}
    for known in holdings():
        for lookup, kind in _lookups(known).items() if known.label in found else ():
            if kind == category:
                different.update(plain(name) for name in found[known.label][lookup] if name)
    return different - {""}


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
