"""The ground floor's tables."""

from privacy.models.audit import AuditEntry
from privacy.models.emails import Mail
from privacy.models.files import Draft, StoredFile
from privacy.models.navigation import DailyTotal, DrainedSegment, RecordingObjection, Visit
from privacy.models.policy import PolicyText, PolicyVersion
from privacy.models.retention import Hold, PurgeLine, PurgeRun

__all__ = [
    "AuditEntry",
    "DailyTotal",
    "Draft",
    "DrainedSegment",
    "Hold",
    "Mail",
    "PolicyText",
    "PolicyVersion",
    "PurgeLine",
    "PurgeRun",
    "RecordingObjection",
    "StoredFile",
    "Visit",
]
