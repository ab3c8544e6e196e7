"""Celery discovers tasks here; each package defines its own."""

import softnlabs.website.health.tasks  # noqa: F401
