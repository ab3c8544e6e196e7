"""The project package. Importing it registers the Celery application with `shared_task`."""

from softnlabs.celery import app as celery_app

__all__ = ["celery_app"]
