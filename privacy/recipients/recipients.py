"""Recipients of a person's data: named to them (GDPR article 15(1)(c)) and notified of changes (article 19).

Both functions read the rows written by exports and disclosures, which identify people by pseudonym and survive their
erasure.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from privacy.datamap.declarations import Category
from privacy.datamap.subjects import Subject
from privacy.recipients.models import Disclosure, Transmission


@dataclass(frozen=True)
class DataRecipient:
    """A company or authority, what it received about the person, and when last."""

    name: str
    is_processor: bool
    categories: frozenset[Category]
    last_at: datetime


def data_recipients(subject: Subject, *, now: datetime) -> list[DataRecipient]:
    """Everybody who received data about `subject`, latest first, within the retention period of the records.

    Without those of whom a law forbids to tell the person: both lists are shown to them.
    """
    found: dict[tuple[str, bool], DataRecipient] = {}
    for given in _given(subject, now):
        key = given.name, given.is_processor
        before = found.get(key, given)
        found[key] = DataRecipient(
            *key, before.categories | given.categories, max(before.last_at, given.last_at)
        )
    return sorted(found.values(), key=lambda recipient: recipient.last_at, reverse=True)


def to_notify(
    subject: Subject, *, now: datetime, of: Collection[Category] | None = None
) -> list[DataRecipient]:
    """Recipients of data in the categories `of` that were rectified, erased or restricted, latest first.

    Each with those of the categories that it received. Without `of`, of all categories.
    """
    found = []
    for recipient in data_recipients(subject, now=now):
        concerned = recipient.categories if of is None else recipient.categories & frozenset(of)
        if concerned:
            found.append(replace(recipient, categories=concerned))
    return found


def _given(subject: Subject, now: datetime) -> Iterator[DataRecipient]:
    sent = Transmission.objects.about(subject).live(now).select_related("processor")
    for line in sent:
        yield DataRecipient(
            line.processor.name,
            is_processor=True,
            categories=frozenset(map(Category, line.categories)),
            last_at=line.at,
        )
    for line in Disclosure.objects.about(subject).tellable(now):
        yield DataRecipient(
            line.recipient,
            is_processor=False,
            categories=frozenset(map(Category, line.categories)),
            last_at=line.at,
        )
