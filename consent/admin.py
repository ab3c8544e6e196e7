"""The pages of the packages at the desk: Django looks for them here."""

import consent.cookies.admin
import consent.cookies.observations_admin
import consent.ledger.admin
import consent.notices.admin
import consent.prospecting.admin  # noqa: F401
