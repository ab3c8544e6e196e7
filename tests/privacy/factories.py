"""Processors and disclosures as tests need them."""

from privacy.companies.models import Processor
from privacy.datamap.declarations import Purpose
from privacy.recipients import disclosures
from privacy.recipients.models import Disclosure


def disclose(email: str, recipient: str, *, at, now) -> Disclosure:
    return disclosures.disclose(
        email=email,
        recipient=recipient,
        ground=Disclosure.Ground.LAW,
        provision="Order 12",
        categories=["SURNAME"],
        at=at,
        now=now,
    )


def make_processor(**changes) -> Processor:
    facts = {
        "name": "Sender",
        "task": "Sending",
        "country": "DE",
        "purposes": list(Purpose.values),
        "categories": ["EMAIL"],
        "contract_on": "2026-01-01",
        "safeguards": "Contract",
        **changes,
    }
    processor = Processor.objects.create(**facts)
    processor.refresh_from_db()
    return processor
