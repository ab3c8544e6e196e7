"""Applications that wait for an answer, counted: for whoever is locked out of them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Min
from django.utils.translation import gettext as _

from privacy.plugins import WaitingWork
from recruitment.applications.models import Application


def work(*, now: datetime) -> Iterator[WaitingWork]:
    rows = Application.objects.active(now).filter(last_contact_at=F("received_at"))
    found = rows.aggregate(oldest=Min("received_at"))
    yield WaitingWork(
        _("Applications without an answer"),
        "recruitment.view_application",
        rows.count(),
        since=found["oldest"],
    )
