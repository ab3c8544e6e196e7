"""Django discovers admin pages here; each package registers its own."""

import softnlabs.website.accounts.admin
import softnlabs.website.accounts.invitation_admin
import softnlabs.website.enquiries.admin
import softnlabs.website.pages.admin  # noqa: F401
