"""A control of the journal: what is older than a year is read by the controller alone, for a reason on record."""

from datetime import datetime

from privacy.audit import reasons
from privacy.audit.models import AuditEntry

OPENED, PERMISSION = "privacy.journal.opened", "privacy.open_journal"


def open_archive(*, why: str, reason: str, now: datetime) -> AuditEntry:
    """Let the current actor read the archive of the journal for an hour. Raises `PermissionDenied` without a reason."""
    return reasons.give(OPENED, why=why, reason=reason, now=now)


def is_open(*, now: datetime) -> bool:
    """To the current actor."""
    return reasons.is_given(OPENED, now=now)
