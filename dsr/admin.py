"""Django looks for the admin of an app here."""

import dsr.desk.requests  # noqa: F401
