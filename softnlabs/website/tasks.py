"""The tasks of the packages: Celery looks for them here."""

import softnlabs.website.health.tasks  # noqa: F401
