"""This floor's wiring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsrConfig(AppConfig):
    """The rights of people, their requests and the answers."""

    name = "dsr"
    verbose_name = _("Requests of data subjects")
    desk_panel = "dsr.admin.panel.waiting"
    policy_terms = {
        "deadline.answer": "dsr.deadlines.time_to_answer",
        "deadline.extended": "dsr.deadlines.time_when_extended",
    }
