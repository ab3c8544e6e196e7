"""This floor's wiring."""

from django.apps import AppConfig


class DsrConfig(AppConfig):
    """Filled in by the floor itself."""

    name = "dsr"
    policy_terms = {
        "deadline.answer": "dsr.deadlines.time_to_answer",
        "deadline.extended": "dsr.deadlines.time_when_extended",
    }
