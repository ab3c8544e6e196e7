"""The models of the packages, where Django looks for them. Pages, registers and packages list them in this order."""

# isort: off
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.requests.visit_models import VisitsCopy
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.event_models import RequestEvent
from dsr.intake.models import IncomingLetter
from dsr.messages.letter_models import SentLetter
from dsr.requests.mandate_models import Mandate, Representative
from dsr.messages.models import RequestMessage
from dsr.requests.note_models import InternalNote
from dsr.package.models import AccessPackage
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.review.models import Reminder
from dsr.package.redaction_models import Redaction
from dsr.lifecycle.models import RequestCounter
from dsr.answer.models import RecipientNotification
from dsr.follow_up.models import LinkRequest
from dsr.after_death.models import Instructions, UnconfirmedInstructions
# isort: on

__all__ = [
    "AccessPackage",
    "Enclosure",
    "Exemption",
    "IdentityCheck",
    "IdentityProof",
    "IncomingLetter",
    "Instructions",
    "InternalNote",
    "LinkRequest",
    "Mandate",
    "RecipientNotification",
    "Redaction",
    "Reminder",
    "Representative",
    "RequestCounter",
    "RequestEvent",
    "RequestItem",
    "RequestMessage",
    "RequestedCorrection",
    "SentLetter",
    "SubjectRequest",
    "UnconfirmedInstructions",
    "UnconfirmedRequest",
    "VisitsCopy",
]
