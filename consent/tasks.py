"""Celery discovers tasks here; each package defines its own."""

import consent.cookies.tasks
import consent.imports.tasks
import consent.mailings.tasks
import consent.preferences.tasks  # noqa: F401
