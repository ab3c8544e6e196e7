"""Django looks for the admin of an app here."""

import dsr.after_death.admin
import dsr.desk.request_admin
import dsr.desk.unconfirmed_admin  # noqa: F401
