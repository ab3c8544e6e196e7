"""This floor's wiring."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Filled in by the floor itself."""

    name = "consent"
