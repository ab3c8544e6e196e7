"""This floor's wiring."""

from django.apps import AppConfig


class DsrConfig(AppConfig):
    """Filled in by the floor itself."""

    name = "dsr"
