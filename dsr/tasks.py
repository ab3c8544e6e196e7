"""The tasks of the packages: Celery looks for them here."""

import dsr.answer.tasks
import dsr.follow_up.tasks
import dsr.review.tasks  # noqa: F401
