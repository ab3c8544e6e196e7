"""All that is held about one person (GDPR article 15), holding by holding, without what is past its period."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from privacy.audit import trail
from privacy.datamap import explanations, stores
from privacy.datamap.declarations import Category
from privacy.datamap.explanations import HoldingExplanation
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.stores import PersonalStore
from privacy.datamap.subjects import Subject

NAMING = {Category.SURNAME, Category.FIRST_NAME, Category.EMAIL, Category.TELEPHONE}
LEAST_LETTERS = 3  # "De" in a surname names nobody


@dataclass(frozen=True)
class AccessRecord:
    """One row about the person: labels with values, the names of its files, and when its period is over.

    ``is_secret``: a law forbids to tell the person of it.
    """

    values: list[tuple[str, object]]
    files: list[str]
    expires_at: datetime | None
    is_secret: bool = False


@dataclass(frozen=True)
class HoldingRecords:
    """What one holding has; ``records`` is empty where nothing is held."""

    explanation: HoldingExplanation
    records: list[AccessRecord]


def search(subject: Subject, *, now: datetime) -> list[HoldingRecords]:
    """In the language in force."""
    searched = [store for store in stores.personal() if not store.data.found_on]
    return [*_in_database(subject, now), *(_in_store(store, subject, now) for store in searched)]


def _in_store(store: PersonalStore, subject: Subject, now: datetime) -> HoldingRecords:
    explained = explanations.explain_store(store)
    records = [
        AccessRecord([(explained.since_label, at)], [], store.data.period.after(at))
        for at in store.live(subject, now=now)
    ]
    return HoldingRecords(explained, records)


def _in_database(subject: Subject, now: datetime) -> list[HoldingRecords]:
    return [
        HoldingRecords(explanations.explain(holding), _records(holding, subject, now))
        for holding in holdings()
        if holding.is_searched
    ]


def _records(holding: Holding, subject: Subject, now: datetime) -> list[AccessRecord]:
    about = holding.about(subject)
    tellable = set(holding.tellable(now, among=about).values_list("pk", flat=True))
    return [
        AccessRecord(
            [(str(label), value) for _name, label, value in holding.export(row)],
            [file.name for file in holding.files(row)],
            holding.expires_at(row),
            row.pk not in tellable,
        )
        for row in holding.live(now, among=about)
    ]


def look_up(subject: Subject, *, reason: str, now: datetime) -> list[HoldingRecords]:
    """Show all that is held to whoever acts, with the reason on record. Raises :class:`ValueError` without one.

    The reason goes into the audit trail, which outlives the person: no address, name or number of theirs may be in
    it.
    """
    if not reason.strip() or _names(subject, now) & set(_words(reason)):
        raise ValueError(reason)
    found = search(subject, now=now)
    counts = {section.explanation.label: len(section.records) for section in _with_records(found)}
    for about in sorted(subject.fingerprints):
        trail.record(
            "privacy.subject.viewed", now=now, about=about, detail={"reason": reason[:300], **counts}
        )
    return found


def _names(subject: Subject, now: datetime) -> set[str]:
    """The words that name the person, as far as we hold them."""
    found = set(subject.emails)
    for holding in holdings():
        fields = [
            name
            for name, datum in holding.data.fields.items()
            if datum.category in NAMING and not datum.shown_as
        ]
        for row in holding.live(now, among=holding.about(subject)) if fields else ():
            found.update(word for name in fields for word in _words(str(getattr(row, name) or "")))
    return {word for word in found if len(word) >= LEAST_LETTERS}


def _words(text: str) -> list[str]:
    """Addresses, numbers and names, in lower case; a telephone number is one word however it is spaced."""
    plain = re.sub(r"(?<=\d)[\s.\-]+(?=\d)", "", unicodedata.normalize("NFKC", text).lower())
    return re.findall(r"[\w.+\-']+@[\w.\-]+\w|[\w'’\-]+", plain)


def _with_records(found: list[HoldingRecords]) -> Iterator[HoldingRecords]:
    return (section for section in found if section.records)
