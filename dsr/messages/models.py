"""What the person and the controller write to each other about a request."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class Author(models.TextChoices):
    """On which side of the desk it was written."""

    PERSON = "PERSON", _("you")
    CONTROLLER = "CONTROLLER", _("the data controller")


class RequestMessage(PersonalDataModel):
    """One message, either way."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="messages")
    written_at = models.DateTimeField(_("written at"))
    author = models.CharField(_("written by"), max_length=20, choices=Author.choices)
    text = models.TextField(_("text"))

    personal_data = case_file_data(
        "request",
        label=_("Messages about your requests"),
        fields={
            "written_at": Datum(Category.MESSAGES, provided=False),
            "author": Datum(Category.MESSAGES, provided=False),
            "text": Datum(Category.MESSAGES),
        },
        impersonal=("id", "request"),
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d} {self.author}"
