"""A control of the journal: what is older than a year is read by the controller alone, for a reason on record."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from privacy.audit import trail
from privacy.audit.models import AuditEntry

OPENED, PERMISSION = "privacy.journal.opened", "privacy.open_journal"
OPEN_FOR = timedelta(hours=1)


def open_archive(*, reason: str, now: datetime) -> AuditEntry:
    """Let the current actor read the archive of the journal for an hour. Raises `PermissionDenied` without a reason.

    The reason goes into the audit trail: no address, name or number of a person may be in it.
    """
    if not reason.strip():
        raise PermissionDenied
    return trail.record(OPENED, now=now, detail={"reason": reason})


def is_open(*, now: datetime) -> bool:
    """To the current actor."""
    opened = AuditEntry.objects.filter(action=OPENED, at__gt=now - OPEN_FOR, at__lte=now)
    return opened.filter(actor=trail.actor()).exists()
