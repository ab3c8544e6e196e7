"""Who else has a person's data: to be named to them (GDPR article 15(1)(c)), and told of a change (article 19).

For the annex of an access package: ``recipients.data_recipients(subject, now=now)``. For the tasks that follow a
rectification, an erasure or a restriction: ``recipients.to_notify(subject, of=categories, now=now)``. Both read
the lines that exports and disclosures wrote, which know people by pseudonym and outlive their erasure.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from privacy.datamap.declarations import Category
from privacy.datamap.subjects import Subject
from privacy.recipients.models import Disclosure, Transmission


@dataclass(frozen=True)
class DataRecipient:
    """One company or authority, what it was given of the person, and when last."""

    name: str
    is_processor: bool
    categories: frozenset[Category]
    last_at: datetime


def data_recipients(subject: Subject, *, now: datetime) -> list[DataRecipient]:
    """Everybody who was given data about ``subject``, the last one first, past nobody's period."""
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
    """Those to tell that data of the categories ``of`` changed, were erased or restricted (article 19), the last first.

    Each comes with just those of the categories that it was given. Without ``of``, everything changed.
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
    for line in Disclosure.objects.about(subject).live(now):
        yield DataRecipient(
            line.recipient,
            is_processor=False,
            categories=frozenset(map(Category, line.categories)),
            last_at=line.at,
        )
