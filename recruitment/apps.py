"""This floor's wiring."""

from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    """Filled in by the floor itself."""

    name = "recruitment"
