from datetime import datetime
from io import BytesIO

from django.utils import timezone
from PIL import Image

from consent.mailings import mailings, pictures
from consent.mailings.models import Mailing
from consent.mailings.picture_models import MailingPicture
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.audit import trail
from privacy.companies.models import own_company
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
