"""Processors and disclosures as tests need them."""

from privacy.companies.models import Processor
from privacy.datamap.declarations import Purpose
from privacy.recipients import disclosures
from privacy.recipients.disclosures import DisclosureFacts
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import Way
from privacy.recipients.notices import Addressee, NoticePlan

TOLD = NoticePlan(way=Way.NOW, language="en")


def facts(*, at, **changes) -> DisclosureFacts:
    known = {
        "recipient": "Court of Pau",
        "ground": Disclosure.Ground.LAW,
        "provision": "Order 12",
        "categories": ["SURNAME"],
        **changes,
    }
    return DisclosureFacts(at=at, **known)


def disclose(email: str, recipient: str, *, at, now, plan: NoticePlan = TOLD, **changes) -> Disclosure:
    about = facts(recipient=recipient, at=at, **changes)
    return disclosures.disclose([Addressee(email)], facts=about, plan=plan, now=now)[0]


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
