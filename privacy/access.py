"""All that is held about one person, holding by holding: read from the data map, past nobody's period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from privacy import audit, information
from privacy.datamap import holdings
from privacy.information import Information
from privacy.subjects import Subject


@dataclass(frozen=True)
class Record:
    """One row about the person: labels with values, the names of its files, and when it will be gone."""

    values: list[tuple[str, object]]
    files: list[str]
    expires_at: datetime | None


@dataclass(frozen=True)
class Held:
    """One holding, searched; ``records`` is empty where nothing is held."""

    told: Information
    records: list[Record]


def held(subject: Subject, *, now: datetime) -> list[Held]:
    """Search every holding for the person, in the language in force."""
    return [
        Held(
            information.explain(holding),
            [
                Record(
                    [(str(label), value) for _name, label, value in holding.export(row)],
                    [file.name for file in holding.files(row)],
                    holding.expires_at(row),
                )
                for row in holding.live(now, among=holding.about(subject))
            ],
        )
        for holding in holdings()
    ]


def look_up(subject: Subject, *, reason: str, now: datetime) -> list[Held]:
    """Show all that is held to whoever acts, with the reason on record. Raises :class:`ValueError` without one.

    The reason goes into the journal: an address of the person in it is refused, for the journal outlives them.
    """
    if not reason.strip() or any(email in reason.lower() for email in subject.emails):
        raise ValueError(reason)
    found = held(subject, now=now)
    counts = {section.told.label: len(section.records) for section in _with_records(found)}
    for about in sorted(subject.fingerprints):
        audit.record(
            "privacy.subject.viewed", now=now, about=about, detail={"reason": reason[:300], **counts}
        )
    return found


def _with_records(found: list[Held]) -> Iterator[Held]:
    return (section for section in found if section.records)
