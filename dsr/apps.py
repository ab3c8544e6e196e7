"""This floor's wiring."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsrConfig(AppConfig):
    """The rights of people, their requests and the answers."""

    name = "dsr"
    verbose_name = _("Requests of data subjects")
    admin_panel = "dsr.desk.panel.waiting"
    audit_labels: dict[str, Any]
    promises = ("dsr.promises.promises",)
    promises_panel = ("dsr.lifecycle.statistics.public", "dsr/lifecycle/statistics.html")
    policy_placeholders = {
        "deadline.answer": "dsr.rules.deadlines.time_to_answer",
        "deadline.extended": "dsr.rules.deadlines.time_when_extended",
    }

    def ready(self) -> None:
        """Name the deeds, each step of a request in the words that the person reads."""
        from dsr.requests.event_models import EventType  # noqa: PLC0415

        steps = {f"dsr.request.{step.lower()}": step.label for step in EventType}
        self.audit_labels = {
            "dsr.unconfirmed_request.received": _(
                "The form of a request was received; it is not confirmed yet."
            ),
            "dsr.copy.fetched": _("The copy of a person’s data was fetched at the desk, to be posted."),
            "dsr.letter.viewed": _("A letter about a request was looked at at the desk."),
            "dsr.holdings.viewed": _("All that is held was looked at, to answer the request."),
            "dsr.document.opened": _("A paper that the person sent was opened."),
            **steps,
        }
