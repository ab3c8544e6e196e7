"""The models of the packages, where Django looks for them. Pages, registers and packages list them in this order."""

# isort: off
from privacy.audit.models import AuditEntry
from privacy.access.models import Training
from privacy.companies.models import Entity, FormAssignment, HostingPlace, Processor
from privacy.recipients.models import Disclosure, Transmission
from privacy.recipients.notice_models import DisclosureNotice
from privacy.mail.models import Mail, MailAttachment
from privacy.files.models import Draft, StoredFile
from privacy.journal.models import JournalMark
from privacy.web.models import Bucket
from privacy.visits.counting_models import CountedDay, DailyTotal, DrainedSegment, RecordingObjection
from privacy.visits.models import Visit
from privacy.policy.models import PolicyText, PolicyVersion
from privacy.promises.models import PromiseResult
from privacy.register.models import Activity, ClientWork
from privacy.breaches.models import Breach, BreachNotice, BreachNotification
from privacy.datamap.models import Objection, Restriction
from privacy.retention.models import PurgeClock, PurgeLine, PurgeRun
from privacy.rights.models import Hold
from privacy.oversight.models import LookCount, LookReport
from privacy.seals.models import DailySeal, Removal, Seal, SealedRow, Verification
from privacy.security.models import SecurityEvent, SignIn
from privacy.subscriptions.models import Subscription, SubscriptionRequest
# isort: on

__all__ = [
    "Activity",
    "AuditEntry",
    "Breach",
    "BreachNotice",
    "BreachNotification",
    "Bucket",
    "ClientWork",
    "CountedDay",
    "DailySeal",
    "DailyTotal",
    "Disclosure",
    "DisclosureNotice",
    "Draft",
    "DrainedSegment",
    "Entity",
    "FormAssignment",
    "Hold",
    "HostingPlace",
    "JournalMark",
    "LookCount",
    "LookReport",
    "Mail",
    "MailAttachment",
    "Objection",
    "PolicyText",
    "PolicyVersion",
    "Processor",
    "PromiseResult",
    "PurgeClock",
    "PurgeLine",
    "PurgeRun",
    "RecordingObjection",
    "Removal",
    "Restriction",
    "Seal",
    "SealedRow",
    "SecurityEvent",
    "SignIn",
    "StoredFile",
    "Subscription",
    "SubscriptionRequest",
    "Training",
    "Transmission",
    "Verification",
    "Visit",
]
