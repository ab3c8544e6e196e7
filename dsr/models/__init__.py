"""The tables of requests."""

from dsr.models.checks import IdentityCheck
from dsr.models.corrections import Correction
from dsr.models.events import Happening, RequestEvent
from dsr.models.incoming import IncomingLetter
from dsr.models.items import Outcome, RequestItem, Reserve
from dsr.models.letters import SentLetter
from dsr.models.mandates import Mandate, Representative
from dsr.models.messages import RequestMessage
from dsr.models.notes import InternalNote
from dsr.models.packages import AccessPackage
from dsr.models.papers import Enclosure, IdentityProof
from dsr.models.reminders import Reminder
from dsr.models.requests import Filing, SubjectRequest
from dsr.models.strikes import Strike
from dsr.models.tallies import Tally
from dsr.models.telling import Telling
from dsr.models.wishes import LinkWish

__all__ = [
    "AccessPackage",
    "Correction",
    "Enclosure",
    "Filing",
    "Happening",
    "IdentityCheck",
    "IdentityProof",
    "IncomingLetter",
    "InternalNote",
    "LinkWish",
    "Mandate",
    "Outcome",
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
