"""The ground floor's tables."""

from privacy.models.audit import AuditEntry
from privacy.models.emails import Mail
from privacy.models.files import Draft, StoredFile
from privacy.models.limits import Bucket
from privacy.models.navigation import DailyTotal, DrainedSegment, RecordingObjection, Visit
from privacy.models.policy import PolicyText, PolicyVersion
from privacy.models.retention import Hold, PurgeLine, PurgeRun
from privacy.models.seals import DailySeal, Removal, Seal, SealedRow

__all__ = [
    "AuditEntry",
    "Bucket",
    "DailySeal",
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
    "Removal",
    "Seal",
    "SealedRow",
    "StoredFile",
    "Visit",
]
