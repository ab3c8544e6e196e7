"""The pages of the packages at the desk: Django looks for them here."""

import recruitment.applications.admin
import recruitment.offers.admin  # noqa: F401
