"""The models of the packages: Django looks for them here."""

from dsr.answer.models import Telling
from dsr.follow_up.models import LinkWish
from dsr.intake.models import IncomingLetter
from dsr.lifecycle.models import Tally
from dsr.messages.letter_models import SentLetter
from dsr.messages.models import RequestMessage
from dsr.package.models import AccessPackage
from dsr.package.redaction_models import Strike
from dsr.requests.correction_models import Correction
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.requests.event_models import RequestEvent
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import RequestItem, Reserve
from dsr.requests.mandate_models import Mandate, Representative
from dsr.requests.models import Filing, SubjectRequest
from dsr.requests.note_models import InternalNote
from dsr.review.models import Reminder

__all__ = [
    "AccessPackage",
    "Correction",
    "Enclosure",
    "Filing",
    "IdentityCheck",
    "IdentityProof",
    "IncomingLetter",
    "InternalNote",
    "LinkWish",
    "Mandate",
    "Reminder",
    "Representative",
    "RequestEvent",
    "RequestItem",
    "RequestMessage",
    "Reserve",
    "SentLetter",
    "Strike",
    "SubjectRequest",
    "Tally",
    "Telling",
]
