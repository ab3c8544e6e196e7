"""The website's tables."""

from softnlabs.website.models.accounts import User
from softnlabs.website.models.contact import Enquiry
from softnlabs.website.models.health import Heartbeat

__all__ = ["Enquiry", "Heartbeat", "User"]
