"""Messages that wait for an answer, counted: for whoever is locked out of them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext as _

from privacy.datamap.usable import usable
from privacy.plugins import WaitingWork
from softnlabs.website.enquiries.models import Enquiry


def work(*, now: datetime) -> Iterator[WaitingWork]:
    rows = usable(Enquiry.objects.waiting(), now)
    oldest = rows.aggregate(oldest=Min("waits_from"))["oldest"]
    yield WaitingWork(_("Messages without an answer"), "website.view_enquiry", rows.count(), since=oldest)
