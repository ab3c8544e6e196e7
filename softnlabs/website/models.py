"""Django discovers models here; each package defines its own."""

from softnlabs.website.accounts.invitation_models import Invitation
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from softnlabs.website.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage, ReplyTemplate
from softnlabs.website.health.models import Heartbeat
from softnlabs.website.pages.models import Page, PageVersion

__all__ = [
    "AccountSession",
    "Enquiry",
    "EnquiryAttachment",
    "EnquiryMessage",
    "Heartbeat",
    "Invitation",
    "Page",
    "PageVersion",
    "ReplyTemplate",
    "User",
]
