"""Tell the controller, once a day, what the purges of the next day will delete: time to place a hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from privacy.datamap.periods import Period
from privacy.datamap.registry import Holding
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.retention import preview
from privacy.web import signed_links

AHEAD = timedelta(days=1)
EVERY = timedelta(hours=23)  # the task runs hourly: once a day, not quite at the same minute
MESSAGE = "purge_coming"
LASTING = Period(years=1)


@dataclass(frozen=True)
class UpcomingDeletion:
    holding: Holding
    count: int


def upcoming(*, now: datetime) -> list[UpcomingDeletion]:
    """What falls due within a day, of the holdings that are kept for a year or more.

    Visits, mails and sessions are deleted every day; named each day, they would teach people not to read the rest.
    """
    lasting = LASTING.after(now)
    return [
        UpcomingDeletion(rule.holding, rule.count)
        for rule in preview.by_rule(now=now + AHEAD)
        if rule.count and rule.holding.data.keep.period.after(now) >= lasting
    ]


def send(*, now: datetime) -> Mail | None:
    """Write to the controller when something falls due and nothing was written since yesterday."""
    to, language = settings.CONTROLLER["email"], settings.CONTROLLER["language"]
    if Mail.objects.filter(message=MESSAGE, written_at__gt=now - EVERY).exists() or not (
        found := upcoming(now=now)
    ):
        return None
    facts = {
        "coming": found,
        "until": now + AHEAD,
        "link": signed_links.absolute(reverse("admin:privacy_purgerun_preview")),
    }
    with transaction.atomic():
        return outbox.send(MESSAGE, to=to, language=language, context=facts, now=now)
