from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from privacy.audit import labels
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class InternalNote(AppendOnlyModel, PersonalDataModel):
    """Shown on no page of the person and in no letter; but the person may ask for a copy of it."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="notes")
    written_at = models.DateTimeField(_("written at"))
    author = models.CharField(_("written by"), max_length=40)
    text = models.TextField(_("text"))

    personal_data = case_file_data(
        "request",
        label=_("Notes that we made while we worked on your requests"),
        fields={
            "written_at": Datum(Category.REQUESTS, provided=False),
            "text": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "author"),
    )

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d} {self.author}"

    def get_author_display(self) -> str:
        return labels.actor_label(self.author)
