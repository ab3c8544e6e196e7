"""The Celery application, and when beat wakes what.

Tasks are wake-ups: each looks up in PostgreSQL what is due, so a lost, late or doubled one does no harm.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
app = Celery("softnlabs", task_cls="privacy.wakeups:WakeUp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {}
