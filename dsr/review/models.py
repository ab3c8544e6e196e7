from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class Reminder(PersonalDataModel):
    """Sent to the controller about one request, or without one, about a day. Each is sent once for each deadline."""

    request = models.ForeignKey(
        SubjectRequest, on_delete=models.CASCADE, related_name="reminders", null=True, blank=True
    )
    reminder_type = models.CharField(_("what was told"), max_length=40)
    due_on = models.DateField(_("about the last day"))
    sent_at = models.DateTimeField(_("sent at"))

    personal_data = case_file_data(
        "request",
        label=_("Reminders of the last day to answer you"),
        fields={
            "reminder_type": Datum(
                Category.REQUESTS, provided=False, shown_as=_("a reminder to the data controller")
            ),
            "due_on": Datum(Category.REQUESTS, provided=False),
            "sent_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request"),
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="dsr_reminder_once", fields=["request", "reminder_type", "due_on"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.reminder_type} {self.due_on}"
