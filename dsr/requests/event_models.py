"""What happened to a request: a ledger, shown to the person and to the controller as a timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import SubjectRequest
from privacy.audit import labels
from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import Category, Datum
from privacy.datamap.registry import PersonalDataModel


class EventType(models.TextChoices):
    """In words that the person reads."""

    RECEIVED = "RECEIVED", _("The request was received.")
    LETTER_ENTERED = "LETTER_ENTERED", _("A letter came and was added to the file.")
    CONFIRMED = "CONFIRMED", _("The e-mail address was confirmed.")
    MESSAGE_WRITTEN = "MESSAGE_WRITTEN", _("A message was written.")
    DOCUMENT_ADDED = "DOCUMENT_ADDED", _("A document was added.")
    PROOF_RECEIVED = "PROOF_RECEIVED", _("The proof of identity came; the delay runs on.")
    PROOF_REQUESTED = "PROOF_REQUESTED", _("A proof of identity was asked for; the delay is suspended.")
    IDENTITY_CHECKED = "IDENTITY_CHECKED", _("The identity was checked.")
    MANDATE_CHECKED = "MANDATE_CHECKED", _("The mandate of the person who asks was checked.")
    MANDATE_RESUBMITTED = "MANDATE_RESUBMITTED", _("The mandate came once more.")
    EXTENDED = "EXTENDED", _("The delay was extended.")
    DECIDED = "DECIDED", _("One of the rights asked for was decided on.")
    WITHHELD = "WITHHELD", _("It was decided what is kept back.")
    CORRECTED = "CORRECTED", _("It was decided on one correction.")
    REDACTED = "REDACTED", _("Words about other people were struck out of the copy.")
    LIFTING_ANNOUNCED = "LIFTING_ANNOUNCED", _("The end of the restriction was announced.")
    ASSIGNED = "ASSIGNED", _("The work on the request was organised.")
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
    LETTER_POSTED = "LETTER_POSTED", _("A letter was put in the post.")
    NOTE_ADDED = "NOTE_ADDED", _("An internal note was added.")
    RECIPIENT_NOTIFIED = (
        "RECIPIENT_NOTIFIED",
        _("It was written down whether a recipient of the data was told."),
    )


# How the controller's people divide the work is no news for the person. In the package it stands all the same.
INTERNAL = frozenset(
    {
        EventType.DECIDED,
        EventType.CORRECTED,
        EventType.WITHHELD,
        EventType.REDACTED,
        EventType.ASSIGNED,
        EventType.PREPARED,
        EventType.REVISED,
        EventType.NOTE_ADDED,
        EventType.RECIPIENT_NOTIFIED,
    }
)


class RequestEvent(AppendOnlyModel, PersonalDataModel):
    """One line of the story."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("happened at"))
    event_type = models.CharField(_("what happened"), max_length=20, choices=EventType.choices)
    actor = models.CharField(_("done by"), max_length=40)

    personal_data = case_file_data(
        "request",
        label=_("Story of your requests"),
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

    def get_actor_display(self) -> str:
        """Who did it, in words."""
        return labels.actor_label(self.actor)
