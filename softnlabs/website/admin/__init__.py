"""The website's tables at the controller's desk."""

from softnlabs.website.admin.accounts import GroupAdmin, UserAdmin
from softnlabs.website.admin.contact import EnquiryAdmin

__all__ = ["EnquiryAdmin", "GroupAdmin", "UserAdmin"]
