"""How many stopped our e-mails after a campaign: counted for the last one that had reached them. A number, no names."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from consent.ledger import topics
from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.mailings.models import Delivery, Mailing

LOOKED_BACK = timedelta(days=31)
"""Longer than a run of the clock may be away, shorter than deliveries are kept."""


def count(*, now: datetime) -> None:
    """Write it into the figures of the campaigns. The same again changes nothing, and none ever falls."""
    for number, people in (
        _stopped(now).values("mailing").values_list("mailing", Count("email", distinct=True))
    ):
        Mailing.objects.filter(pk=number).update(unsubscribed=Greatest(F("unsubscribed"), people))


def _stopped(now: datetime) -> "QuerySet[Any]":
    """Each stop by a link of ours, with the campaign of the last e-mail before it."""
    reached = Delivery.objects.filter(email=OuterRef("email"), sent_at__lt=OuterRef("happened_at"))
    stops = ConsentEvent.objects.filter(
        topic=topics.PROSPECTING,
        kind=ConsentEvent.ConsentKind.WITHDRAW,
        act=Act.LINK,
        happened_at__gt=now - LOOKED_BACK,
    )
    last = Subquery(reached.order_by("-sent_at").values("mailing")[:1])
    found: QuerySet[Any] = stops.order_by().annotate(mailing=last).exclude(mailing=None)
    return found
