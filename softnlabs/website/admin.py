"""The pages of the packages at the desk: Django looks for them here."""

import softnlabs.website.accounts.admin
import softnlabs.website.enquiries.admin  # noqa: F401
