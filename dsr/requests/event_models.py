"""What happened to a request: a ledger, shown to the person and to the controller as a timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import filed
from dsr.requests.models import SubjectRequest
from privacy.audit import labels
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class Happening(models.TextChoices):
    """In words that the person reads."""

    RECEIVED = "RECEIVED", _("The request was received.")
    ENTERED = "ENTERED", _("A letter came and was added to the file.")
    CONFIRMED = "CONFIRMED", _("The e-mail address was confirmed.")
    WRITTEN = "WRITTEN", _("A message was written.")
    ENCLOSED = "ENCLOSED", _("A document was added.")
    PROOF_CAME = "PROOF_CAME", _("The proof of identity came; the delay runs on.")
    IDENTITY_ASKED = "IDENTITY_ASKED", _("A proof of identity was asked for; the delay is suspended.")
    IDENTITY_CHECKED = "IDENTITY_CHECKED", _("The identity was checked.")
    MANDATE_CHECKED = "MANDATE_CHECKED", _("The mandate of the person who asks was checked.")
    MANDATE_CAME = "MANDATE_CAME", _("The mandate came once more.")
    EXTENDED = "EXTENDED", _("The delay was extended.")
    DECIDED = "DECIDED", _("One of the rights asked for was decided on.")
    RESERVED = "RESERVED", _("It was decided what is kept back.")
    CORRECTED = "CORRECTED", _("It was decided on one correction.")
    STRUCK = "STRUCK", _("Words about other people were struck out of the copy.")
    LIFTING = "LIFTING", _("The end of the restriction was announced.")
    ORGANISED = "ORGANISED", _("The work on the request was organised.")
    PREPARED = "PREPARED", _("The answer was submitted for approval.")
    REVISED = "REVISED", _("The answer was taken back from approval.")
    STOPPED = "STOPPED", _("What you objected to was stopped at once.")
    GRANTED = "GRANTED", _("The request was granted; the answer is being prepared.")
    RETURNED = (
        "RETURNED",
        _("Something stood in the way of the answer; it is being looked at once more."),
    )
    ANSWERED = "ANSWERED", _("The answer was made ready and announced by e-mail.")
    DOWNLOADED = "DOWNLOADED", _("The answer was downloaded.")
    REFUSED = "REFUSED", _("The request was refused.")
    WITHDRAWN = "WITHDRAWN", _("The request was withdrawn.")
    CLOSED = "CLOSED", _("The request was closed without answer.")
    REOPENED = "REOPENED", _("The request was reopened.")
    LINK_USED = "LINK_USED", _("A mailed link was used.")
    POSTED = "POSTED", _("A letter was put in the post.")
    NOTED = "NOTED", _("An internal note was added.")
    TOLD = "TOLD", _("It was written down whether a recipient of the data was told.")


# How the controller's people divide the work is no news for the person. In the package it stands all the same.
INTERNAL = frozenset(
    {
        Happening.DECIDED,
        Happening.CORRECTED,
        Happening.RESERVED,
        Happening.STRUCK,
        Happening.ORGANISED,
        Happening.PREPARED,
        Happening.REVISED,
        Happening.NOTED,
        Happening.TOLD,
    }
)


class RequestEvent(AppendOnlyModel, PersonalDataModel):
    """One line of the story."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("happened at"))
    what = models.CharField(_("what happened"), max_length=20, choices=Happening.choices)
    actor = models.CharField(_("done by"), max_length=40)

    personal_data = filed(
        "request",
        label=_("Story of your requests"),
        fields={
            "at": Datum(Category.REQUESTS, provided=False),
            "what": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "actor"),
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.what}"

    def get_actor_display(self) -> str:
        """Who did it, in words."""
        return labels.actor_label(self.actor)
