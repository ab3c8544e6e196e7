"""The tasks of the packages: Celery looks for them here."""

import consent.cookies.tasks
import consent.preferences.tasks  # noqa: F401
