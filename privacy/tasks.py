"""Celery discovers tasks here; each package defines its own."""

import privacy.access.tasks
import privacy.breaches.tasks
import privacy.files.tasks
import privacy.mail.tasks
import privacy.oversight.tasks
import privacy.promises.tasks
import privacy.quarantine.tasks
import privacy.recipients.tasks
import privacy.retention.tasks
import privacy.seals.tasks
import privacy.subscriptions.tasks
import privacy.visits.tasks
import privacy.web.tasks  # noqa: F401
