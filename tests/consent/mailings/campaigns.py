"""E-mail campaigns and those who get them, for tests."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from consent.mailings import mailings
from consent.mailings.models import Mailing
from consent.prospecting import prospecting
from privacy.audit import trail

WORDS = "## News\n\nWe have **something new** for you: [read on](https://softnlabs.example/news/).\n\n* One\n* Two\n"


def make_prospects(addresses: Iterable[str], *, now: datetime, language: str = "en") -> None:
    for address in addresses:
        prospecting.opt_in(email=address, sentence="Write to me", language=language, page="/", now=now)


def make_mailing(*, now: datetime, **facts: Any) -> Mailing:
    texts = {"subject_en": "News", "subject_fr": "Des nouvelles", "body_en": WORDS, "body_fr": WORDS}
    return Mailing.objects.create(**{**texts, "written_by": "user:1", "written_at": now, **facts})


def schedule(mailing: Mailing, *, now: datetime) -> Mailing:
    with trail.acting("user:1", "test"):
        return mailings.schedule(mailing.pk, at=now, now=now)
