"""Breaches and disclosures that wait, counted: for whoever is locked out of them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Min
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from privacy.breaches import clock
from privacy.breaches.models import Breach
from privacy.plugins import WaitingWork
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice


def work(*, now: datetime) -> Iterator[WaitingWork]:
    yield _breaches(now)
    yield _disclosures(now)


def _breaches(now: datetime) -> WaitingWork:
    rows = Breach.objects.live(now).open()
    first = rows.unnotified().aggregate(first=Min("aware_at"))["first"]
    return WaitingWork(
        _("Breaches that are open"),
        "privacy.view_breach",
        rows.count(),
        late=rows.past_72_hours(now).unnotified().count(),
        due_at=clock.due_at(first) if first else None,
    )


def _disclosures(now: datetime) -> WaitingWork:
    waiting, today = DisclosureNotice.objects.live(now).waiting(), localdate(now)
    undecided = Disclosure.objects.live(now).to_decide().count()
    return WaitingWork(
        _("Persons to be told of a disclosure"),
        "privacy.add_disclosure",
        undecided + waiting.count(),
        late=waiting.late(today).count(),
        due_at=waiting.aggregate(first=Min("due_on"))["first"],
    )
