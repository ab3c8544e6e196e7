"""Celery looks for the tasks of an app here."""

import dsr.answer.tasks
import dsr.follow_up.tasks
import dsr.intake.tasks
import dsr.review.tasks  # noqa: F401
