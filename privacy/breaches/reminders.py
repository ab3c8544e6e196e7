"""Reminding the controller of what a breach still lacks: a day before the 72 hours end, at their end, then each day."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from privacy.breaches import breaches, clock
from privacy.breaches.breaches import Need
from privacy.breaches.models import Breach
from privacy.mail import outbox
from privacy.web import signed_links

URGENT = {Need.ASSESS, Need.NOTIFY, Need.TELL}


def remind(*, now: datetime) -> int:
    """One message about all that should be decided. Returns of how many breaches."""
    with transaction.atomic():
        rows = Breach.objects.live(now).open().select_for_update(skip_locked=True)
        found = [each for each in rows if _is_due(each, now)]
        if found:
            _mail_controller(found, now)
            Breach.objects.filter(pk__in=[each.pk for each in found]).update(reminded_at=now)
    return len(found)


def _is_due(breach: Breach, now: datetime) -> bool:
    stage = clock.last_reminder(breach.aware_at, now)
    is_known = stage is None or (breach.reminded_at is not None and breach.reminded_at >= stage)
    return not is_known and bool(URGENT.intersection(breaches.needs(breach)))


def _mail_controller(found: Sequence[Breach], now: datetime) -> None:
    """With numbers alone: the facts are read at the desk."""
    controller = settings.CONTROLLER
    with translation.override(controller["language"]):
        link = signed_links.absolute(reverse("admin:privacy_breach_changelist"))
    lines = [(each.pk, each.due_at, clock.is_late(each.aware_at, now)) for each in found]
    outbox.send(
        "breaches_open",
        to=controller["email"],
        language=controller["language"],
        context={"breaches": lines, "link": link},
        now=now,
    )
