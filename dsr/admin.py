"""Django looks for the admin of an app here."""

import dsr.desk.request_admin  # noqa: F401
