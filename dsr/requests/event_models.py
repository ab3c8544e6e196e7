"""The history of a request: a ledger, shown to the person and to the controller as a timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import EVENT_TYPES
from privacy.audit import labels
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class RequestEvent(AppendOnlyModel, PersonalDataModel):
    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("happened at"))
    event_type = models.CharField(_("what happened"), max_length=20)
    actor = models.CharField(_("done by"), max_length=40)

    personal_data = case_file_data(
        "request",
        label=_("History of your requests"),
        fields={
            "at": Datum(Category.REQUESTS, provided=False),
            "event_type": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "actor"),
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.event_type}"

    def get_event_type_display(self) -> str:
        """From the table of transitions; the code itself where the table no longer has it."""
        event = EVENT_TYPES.get(self.event_type)
        return str(event.text) if event else self.event_type

    def get_actor_display(self) -> str:
        return labels.actor_label(self.actor)
