"""Django discovers models here; each package defines its own."""

from privacy.audit.models import AuditEntry
from privacy.companies.models import Entity, HostingPlace, Processor
from privacy.datamap.models import Restriction
from privacy.files.models import Draft, StoredFile
from privacy.journal.models import JournalMark
from privacy.mail.models import Mail
from privacy.policy.models import PolicyText, PolicyVersion
from privacy.promises.models import PromiseResult
from privacy.recipients.models import Disclosure, Transmission
from privacy.register.models import Activity
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights.models import Hold
from privacy.seals.models import DailySeal, Removal, Seal, SealedRow
from privacy.sign_ins.models import SignIn
from privacy.subscriptions.models import Subscription, SubscriptionRequest
from privacy.visits.counting_models import CountedDay, DailyTotal, DrainedSegment, RecordingObjection
from privacy.visits.models import Visit
from privacy.web.models import Bucket

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
