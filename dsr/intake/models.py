from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from dsr.rules.choices import GrowingChoices
from privacy.audit import labels
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel
from privacy.files.models import StoredFile


class EnclosedProof(GrowingChoices):
    """What proof of identity was enclosed with the letter."""

    NONE = "NONE", _("no proof of identity was enclosed")
    TO_CHECK = "TO_CHECK", _("a proof was enclosed, still to be checked")
    CHECKED = (
        "CHECKED",
        _("a copy of an identity document was enclosed: it leaves no doubt, and I have destroyed it"),
    )


class IncomingLetter(PersonalDataModel):
    """Entered at the desk. The day on which it came starts the clock."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="incoming_letters")
    received_on = models.DateField(_("received on"))
    identity = models.CharField(_("identity"), max_length=20, choices=EnclosedProof.as_choices)
    scan = models.OneToOneField(
        StoredFile, verbose_name=_("scan of the letter"), on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.CharField(_("entered by"), max_length=40)

    personal_data = case_file_data(
        "request",
        label=_("Letters that you sent us about your requests"),
        fields={
            "received_on": Datum(Category.REQUESTS, provided=False),
            "identity": Datum(Category.IDENTITY_PROOF, provided=False),
            "scan": Datum(Category.MESSAGES, is_file=True),
            "entered_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "entered_by"),
    )

    class Meta:
        verbose_name = _("letter received")
        verbose_name_plural = _("letters received")
        ordering = ("received_on", "id")

    def __str__(self) -> str:
        return f"{self.received_on:%Y-%m-%d}"

    def get_entered_by_display(self) -> str:
        return labels.actor_label(self.entered_by)
