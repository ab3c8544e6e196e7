"""Very many who confirmed that they want commercial e-mail: the rows that confirming leaves behind."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from consent.ledger import ledger, topics
from consent.ledger.models import ConsentEvent, ConsentTerm
from consent.prospecting.models import Prospect
from privacy.companies.models import own_company
from privacy.datamap.declarations import Purpose
from privacy.policy import publishing


def make_many(addresses: Iterable[str], *, now: datetime) -> None:
    """By a few statements."""
    addresses, company = list(addresses), own_company().siren
    words = ledger.archive_wording("Write to me", language="en", now=now)
    terms = ConsentTerm.objects.bulk_create([ConsentTerm() for _each in addresses], batch_size=5000)
    facts: dict[str, Any] = {
        "kind": ConsentEvent.ConsentKind.GRANT, "topic": topics.PROSPECTING, "purpose": Purpose.PROSPECTS,
        "act": ConsentEvent.Act.BOX, "wording": words, "language": "en", "happened_at": now, "entity": company,
        "policy_version": publishing.version_stamp(),
    }  # fmt: skip
    events = [
        ConsentEvent(email=email, term=term, **facts) for email, term in zip(addresses, terms, strict=True)
    ]
    ConsentEvent.objects.bulk_create(events, batch_size=5000)
    listed = {
        "language": "en",
        "entity": company,
        "agreed_at": now,
        "confirmed_at": now,
        "last_contact_at": now,
    }
    Prospect.objects.bulk_create([Prospect(email=email, **listed) for email in addresses], batch_size=5000)
