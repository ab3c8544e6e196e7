from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image

from consent.ledger import ledger, topics
from consent.ledger.models import ConsentEvent, ConsentTerm
from consent.mailings import mailings, pictures
from consent.mailings.models import Mailing
from consent.mailings.picture_models import MailingPicture
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.companies.models import own_company
from privacy.datamap.declarations import Purpose
from privacy.files.uploads import CheckedDocument
from privacy.policy import publishing

LINK, OTHER_LINK = "https://a.example/?b=1&c=2", "https://b.example/"
BODY_EN = f"## News\n\nHello, [read]({LINK}) or [see]({OTHER_LINK}). [Write](mailto:c@example.org)"
BODY_FR = f"## Nouvelles\n\nBonjour, [lire]({OTHER_LINK})."


def make_mailing(*, now: datetime | None = None, **fields: object) -> Mailing:
    values = {
        "subject_en": "News of May",
        "subject_fr": "Nouvelles de mai",
        "body_en": BODY_EN,
        "body_fr": BODY_FR,
        "written_by": "user:1",
        "written_at": now or timezone.now(),
        **fields,
    }
    return Mailing.objects.create(**values)


def schedule(mailing: Mailing, *, now: datetime) -> Mailing:
    with trail.acting("user:1", "test"):
        return mailings.schedule(mailing.pk, at=now, now=now)


def make_prospect(email: str, *, now: datetime, language: str = "en", entity: str = "") -> Prospect:
    """Somebody who agreed and confirmed."""
    prospecting.agree(
        email=email, sentence="Write to me", language=language, page="/", now=now,
        policy_version=publishing.version_stamp(), entity=entity or own_company().siren,
    )  # fmt: skip
    return Prospect.objects.get(email=email)


def make_picture(*, now: datetime) -> MailingPicture:
    """Call it while somebody acts."""
    kept = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "PNG")
    return pictures.add(CheckedDocument("chart.png", "image/png", kept.getvalue()), now=now)


def make_many(addresses: Iterable[str], *, now: datetime) -> None:
    """The same of very many at once: the rows that confirming leaves behind, by a few statements."""
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
