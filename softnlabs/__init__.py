"""The roof: settings, addresses, Celery. Importing it makes the Celery application known to shared tasks."""

from softnlabs.celery import app as celery_app

__all__ = ["celery_app"]
