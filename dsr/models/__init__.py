"""The tables of requests."""

from dsr.models.checks import IdentityCheck
from dsr.models.events import Happening, RequestEvent
from dsr.models.messages import RequestMessage
from dsr.models.packages import AccessPackage
from dsr.models.requests import Filing, Ground, Kind, LinkWish, SubjectRequest

__all__ = [
    "AccessPackage",
    "Filing",
    "Ground",
    "Happening",
    "IdentityCheck",
    "Kind",
    "LinkWish",
    "RequestEvent",
    "RequestMessage",
    "SubjectRequest",
]
