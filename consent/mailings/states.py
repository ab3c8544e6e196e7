"""The states of an e-mail campaign and of one e-mail of it, and the one table of what can be done when. No queries."""

from collections.abc import Mapping
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MailingState(TextChoices):
    DRAFT = "DRAFT", _("Draft")
    SCHEDULED = "SCHEDULED", _("Scheduled")
    SENDING = "SENDING", _("Being sent")
    PAUSED = "PAUSED", _("Paused")
    CANCELLED = "CANCELLED", _("Cancelled")
    SENT = "SENT", _("Sent")


ENDED = frozenset({MailingState.CANCELLED, MailingState.SENT})


class MailingTransition(Enum):
    """What can be done with a campaign: the audit action, what a button says, and from which state to which."""

    SCHEDULE = ("scheduled", _("Schedule"), {MailingState.DRAFT: MailingState.SCHEDULED})
    UNSCHEDULE = ("unscheduled", _("Back to draft"), {MailingState.SCHEDULED: MailingState.DRAFT})
    START = ("started", _("Start sending"), {MailingState.SCHEDULED: MailingState.SENDING})
    PAUSE = ("paused", _("Pause"), {MailingState.SENDING: MailingState.PAUSED})
    RESUME = ("resumed", _("Resume"), {MailingState.PAUSED: MailingState.SENDING})
    CANCEL = (
        "cancelled",
        _("Cancel"),
        dict.fromkeys(
            (MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED), MailingState.CANCELLED
        ),
    )
    FINISH = ("sent", _("Finish"), {MailingState.SENDING: MailingState.SENT})

    def __init__(self, code: str, label: str | Promise, states: Mapping[MailingState, MailingState]) -> None:
        self.code, self.label, self.states = code, label, states


class IllegalMailingTransitionError(Exception):
    """The campaign is in a state in which this cannot be done."""


def target_state(state: str, transition: MailingTransition) -> MailingState:
    """Raises :class:`IllegalMailingTransitionError`."""
    try:
        return transition.states[MailingState(state)]
    except KeyError:
        raise IllegalMailingTransitionError(f"{transition.code} from {state}") from None


def possible(state: str) -> list[MailingTransition]:
    return [transition for transition in MailingTransition if MailingState(state) in transition.states]


class DeliveryState(TextChoices):
    """How far one e-mail is. UNCERTAIN: cut off while the mail server was taking it; it is not sent again by itself."""

    WAITING = "WAITING", _("Waiting")
    CLAIMED = "CLAIMED", _("About to be sent")
    IN_FLIGHT = "IN_FLIGHT", _("Being handed over")
    SENT = "SENT", _("Sent")
    SKIPPED = "SKIPPED", _("Left out: may not be written to any more")
    REFUSED = "REFUSED", _("Refused by the mailbox")
    UNCERTAIN = "UNCERTAIN", _("Uncertain: cut off while it was handed over")


UNFINISHED = frozenset({DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT})
