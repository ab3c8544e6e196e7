"""Django discovers admin pages here; each package registers its own."""

import recruitment.applications.admin
import recruitment.offers.admin  # noqa: F401
