"""Prospects of whom nothing was heard for almost three years: the controller sees them before they are dropped."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.prospecting.models import Prospect
from privacy.datamap.registry import holding
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.plugins import WaitingWork
from privacy.web import signed_links

AHEAD = timedelta(days=31)
EVERY = timedelta(days=7)
"""A mail a week at most, while there are any."""
MESSAGE = "prospects_silent"


def dropped_within_a_month(prospects: QuerySet[Prospect], *, now: datetime) -> QuerySet[Prospect]:
    return prospects.filter(holding(Prospect).is_due(now + AHEAD))


def count(*, now: datetime) -> int:
    return dropped_within_a_month(Prospect.objects.live(now), now=now).count()


def work(*, now: datetime) -> Iterator[WaitingWork]:
    """For whoever is locked out of the list: how many there are, without a name."""
    yield WaitingWork(_("Prospects dropped within a month"), "consent.view_prospect", count(now=now))


def tell(*, now: datetime) -> Mail | None:
    """Write to the controller how many there are, unless that was done within a week. It names nobody."""
    to, language = settings.CONTROLLER["email"], settings.CONTROLLER["language"]
    told = Mail.objects.filter(message=MESSAGE, written_at__gt=now - EVERY)
    if told.exists() or not (found := count(now=now)):
        return None
    link = signed_links.absolute(f"{reverse('admin:consent_prospect_changelist')}?silent=month")
    with transaction.atomic():
        return outbox.send(MESSAGE, to=to, language=language, context={"count": found, "link": link}, now=now)
