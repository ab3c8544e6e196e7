"""Django discovers admin pages here; each package registers its own."""

import consent.cookies.admin
import consent.cookies.observations_admin
import consent.imports.admin
import consent.ledger.admin
import consent.mailings.admin
import consent.notices.admin
import consent.prospecting.admin
import consent.returns.admin  # noqa: F401
