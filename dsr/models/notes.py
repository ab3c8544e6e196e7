"""What those who work on a request write for each other: a ledger that nobody rewrites."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.models.requests import CLOSED_KEEP, SubjectRequest
from privacy import deeds
from privacy.datamap import Basis, Category, Datum, Keep, PersonalData, PersonalDataModel, Purpose
from privacy.ledger import AppendOnlyModel


class InternalNote(AppendOnlyModel, PersonalDataModel):
    """One note. It stands on no page and in no letter; but it speaks of a person, who may ask for a copy of it."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="notes")
    written_at = models.DateTimeField(_("written at"))
    author = models.CharField(_("written by"), max_length=40)
    text = models.TextField(_("text"))

    personal_data = PersonalData(
        label=_("Notes that we made while we worked on your requests"),
        subject={"emails": "request__email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        keep=Keep(since="request__closed_at", period=CLOSED_KEEP, starts=_("the closing of your request")),
        fields={
            "written_at": Datum(Category.REQUESTS, provided=False),
            "text": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "author"),
        stays=_("The file of a request proves how it was answered, and stays for its own period."),
    )

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d} {self.author}"

    def get_author_display(self) -> str:
        """Who wrote it, in words."""
        return deeds.who(self.author)
