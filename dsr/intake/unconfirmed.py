"""Requests that nobody has confirmed yet: links that had to wait, and one reminder before the form is deleted.

One message a day tells a mailbox of all of them, so whoever fills in forms with somebody else's address floods nobody.
What is deleted unconfirmed is counted in the certificate of the purge, which names nobody.
"""

from collections.abc import Iterable
from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Sum

from dsr.follow_up.rate_limits import UNCONFIRMED_OF_MAILBOX
from dsr.messages import emails
from dsr.requests.mandate_models import submitter_of
from dsr.requests.models import UnconfirmedRequest
from privacy.audit import trail
from privacy.datamap import subjects
from privacy.retention.models import PurgeLine

LISTED = 10  # in one message; the others are counted in it


def tell(*, now: datetime) -> int:
    """Mail the links that wait, and remind of the forms that are deleted soon. Returns how many messages."""
    with transaction.atomic():
        rows = UnconfirmedRequest.objects.live(now).select_for_update(skip_locked=True)
        by_mailbox: dict[str, list[UnconfirmedRequest]] = {}
        for row in (*rows.to_mail(), *rows.to_remind(now)):
            by_mailbox.setdefault(submitter_of(row).email, []).append(row)
        allowed = [
            found for mailbox, found in by_mailbox.items() if UNCONFIRMED_OF_MAILBOX.take(mailbox, now=now)
        ]
        for found in allowed:
            _tell(found, now)
    return len(allowed)


def count_lapsed(*, now: datetime) -> int:
    """How many forms were deleted unconfirmed within twelve months."""
    lines = PurgeLine.objects.filter(
        holding=UnconfirmedRequest._meta.label_lower, run__started_at__gt=now - relativedelta(months=12)
    )
    return lines.aggregate(sum=Sum("count"))["sum"] or 0


def _tell(found: list[UnconfirmedRequest], now: datetime) -> None:
    emails.unconfirmed(found[:LISTED], more=len(found) - LISTED, now=now)
    _mark(found, now)
    about = subjects.fingerprint(submitter_of(found[0]).email)
    trail.record("dsr.unconfirmed_request.reminded", now=now, about=about, detail={"forms": len(found)})


def _mark(found: Iterable[UnconfirmedRequest], now: datetime) -> None:
    """A form whose link is mailed now is reminded of later."""
    for row in found:
        if row.link_sent_at is None:
            row.link_sent_at = now
        else:
            row.reminded_at = now
        row.save(update_fields=["link_sent_at", "reminded_at"])
