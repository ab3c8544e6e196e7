"""Django discovers models here; each package defines its own."""

from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry
from softnlabs.website.health.models import Heartbeat

__all__ = [
    "Enquiry",
    "Heartbeat",
    "User",
]
