"""The ground floor's tables."""

from privacy.models.audit import AuditEntry
from privacy.models.disclosures import Disclosure, Transmission
from privacy.models.emails import Mail
from privacy.models.files import Draft, StoredFile
from privacy.models.journal import JournalMark
from privacy.models.limits import Bucket
from privacy.models.navigation import CountedDay, DailyTotal, DrainedSegment, RecordingObjection, Visit
from privacy.models.policy import PolicyText, PolicyVersion
from privacy.models.promises import PromiseResult
from privacy.models.register import Activity
from privacy.models.registers import Entity, HostingPlace, Processor
from privacy.models.restriction import Restriction
from privacy.models.retention import Hold, PurgeLine, PurgeRun
from privacy.models.seals import DailySeal, Removal, Seal, SealedRow
from privacy.models.sign_ins import SignIn
from privacy.models.subscriptions import Subscription, SubscriptionRequest

__all__ = [
    "Activity",
    "AuditEntry",
    "Bucket",
    "CountedDay",
    "DailySeal",
    "DailyTotal",
    "Disclosure",
    "Draft",
    "DrainedSegment",
    "Entity",
    "Hold",
    "HostingPlace",
    "JournalMark",
    "Mail",
    "PolicyText",
    "PolicyVersion",
    "Processor",
    "PromiseResult",
    "PurgeLine",
    "PurgeRun",
    "RecordingObjection",
    "Removal",
    "Restriction",
    "Seal",
    "SealedRow",
    "SignIn",
    "StoredFile",
    "Subscription",
    "SubscriptionRequest",
    "Transmission",
    "Visit",
]
