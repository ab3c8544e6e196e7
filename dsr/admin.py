"""The pages of the packages at the desk: Django looks for them here."""

import dsr.desk.requests  # noqa: F401
