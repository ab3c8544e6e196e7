"""Companies, processors and disclosures as tests need them."""

from typing import Any

from privacy.breaches.models import Breach, Kind
from privacy.companies.models import Entity, Processor, own_company
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
        "clauses": list(Processor.Clause.values),
        **changes,
    }
    processor = Processor.objects.create(**facts)
    processor.refresh_from_db()
    return processor


def make_breach(**changes) -> Breach:
    """One that became known at `aware_at`, of which nothing is decided yet."""
    facts = {
        "title": "Mail to a wrong list",
        "kinds": [Kind.CONFIDENTIALITY],
        "found_by": "A reader wrote to us",
        "facts": "A message went to the wrong list.",
        "recorded_at": changes["aware_at"],
        "recorded_by": "user:1",
        **changes,
    }
    made: Breach = Breach.objects.create(**facts)
    return made


def the_company() -> Entity:
    """The company of the settings, as the register has it."""
    company = own_company()
    found: Entity | None = Entity.objects.filter(siren=company.siren).first()
    if found is None:
        company.save()
    return found or company


def make_subsidiary(name: str = "Formation", siren: str = "732 829 320", **facts: Any) -> Entity:
    """A company that the company of the settings controls."""
    given = {"town": "64000 Pau", "since": "2026-02-01", **facts}
    given.setdefault("parent", the_company())
    made: Entity = Entity.objects.create(name=name, siren=siren, **given)
    made.refresh_from_db()
    return made
