"""The states of a request, and the only moves between them: one table, nothing else decides.

Overdue, extended and suspended are facts of dates (see `deadlines`), not states.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    GRANTED = "GRANTED", _("Granted, answer in preparation")
    ANSWERED = "ANSWERED", _("Answered")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed without answer")


class Transition(TextChoices):
    WRITE_MESSAGE = "WRITE_MESSAGE", _("Write a message")
    ADD_DOCUMENT = "ADD_DOCUMENT", _("Add a document")
    SUBMIT_PROOF = "SUBMIT_PROOF", _("Send the proof of identity")
    ENTER_LETTER = "ENTER_LETTER", _("Enter a letter")
    REQUEST_PROOF = "REQUEST_PROOF", _("Ask for a proof of identity")
    CHECK_IDENTITY = "CHECK_IDENTITY", _("Mark the identity as checked")
    CHECK_MANDATE = "CHECK_MANDATE", _("Mark the mandate as checked")
    RESUBMIT_MANDATE = "RESUBMIT_MANDATE", _("Hand in the mandate again")
    EXTEND = "EXTEND", _("Extend the delay")
    DECIDE = "DECIDE", _("Decide on one right")
    WITHHOLD = "WITHHOLD", _("Keep something back")
    REDACT = "REDACT", _("Strike out words about other people")
    CORRECT = "CORRECT", _("Decide on one correction")
    ANNOUNCE_LIFTING = "ANNOUNCE_LIFTING", _("Announce the end of the restriction")
    ASSIGN_TO_ME = "ASSIGN_TO_ME", _("Take it on myself")
    ASSIGN = "ASSIGN", _("Assign, and set a target")
    PREPARE = "PREPARE", _("Submit for approval")
    PREPARE_REFUSAL = "PREPARE_REFUSAL", _("Submit a refusal for approval")
    REVISE = "REVISE", _("Take back from approval")
    GRANT = "GRANT", _("Grant")
    RETURN = "RETURN", _("Take back to decide again")
    ANSWER = "ANSWER", _("Send the answer")
    REFUSE = "REFUSE", _("Refuse")
    WITHDRAW = "WITHDRAW", _("Withdraw")
    CLOSE = "CLOSE", _("Close without answer")
    REOPEN = "REOPEN", _("Reopen")
    MARK_POSTED = "MARK_POSTED", _("Mark a letter as posted")
    ADD_NOTE = "ADD_NOTE", _("Add an internal note")
    NOTIFY_RECIPIENT = "NOTIFY_RECIPIENT", _("Tell a recipient")


class IllegalTransitionError(Exception):
    """The table has no such move from this state."""

    def __init__(self, state: str, transition: str) -> None:
        super().__init__(f"{transition} is not possible from {state}")


TRANSITIONS: dict[Transition, dict[RequestState, RequestState]] = {
    Transition.WRITE_MESSAGE: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.GRANTED: RequestState.GRANTED,
    },
    Transition.ADD_DOCUMENT: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.GRANTED: RequestState.GRANTED,
    },
    Transition.SUBMIT_PROOF: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.CLOSED: RequestState.RECEIVED,
    },
    Transition.ENTER_LETTER: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.GRANTED: RequestState.GRANTED,
        RequestState.CLOSED: RequestState.RECEIVED,
    },
    Transition.REQUEST_PROOF: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.CHECK_IDENTITY: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.CHECK_MANDATE: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.RESUBMIT_MANDATE: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.EXTEND: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.DECIDE: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.WITHHOLD: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.REDACT: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.CORRECT: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.ANNOUNCE_LIFTING: {RequestState.ANSWERED: RequestState.ANSWERED},
    Transition.ASSIGN_TO_ME: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.GRANTED: RequestState.GRANTED,
    },
    Transition.ASSIGN: {
        RequestState.RECEIVED: RequestState.RECEIVED,
        RequestState.GRANTED: RequestState.GRANTED,
    },
    Transition.PREPARE: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.PREPARE_REFUSAL: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.REVISE: {RequestState.RECEIVED: RequestState.RECEIVED},
    Transition.GRANT: {RequestState.RECEIVED: RequestState.GRANTED},
    Transition.RETURN: {RequestState.GRANTED: RequestState.RECEIVED},
    Transition.ANSWER: {RequestState.GRANTED: RequestState.ANSWERED},
    Transition.REFUSE: {RequestState.RECEIVED: RequestState.REFUSED},
    Transition.WITHDRAW: {
        RequestState.RECEIVED: RequestState.WITHDRAWN,
        RequestState.GRANTED: RequestState.WITHDRAWN,
    },
    Transition.CLOSE: {RequestState.RECEIVED: RequestState.CLOSED},
    Transition.REOPEN: {RequestState.CLOSED: RequestState.RECEIVED},
    # Work that a decision does not end: letters to post, notes, recipients to be told.
    Transition.MARK_POSTED: {state: state for state in RequestState},
    Transition.ADD_NOTE: {state: state for state in RequestState},
    Transition.NOTIFY_RECIPIENT: {state: state for state in RequestState},
}
OPEN = frozenset({RequestState.RECEIVED, RequestState.GRANTED})
FINAL = frozenset(RequestState) - OPEN


def is_legal(state: str, transition: Transition) -> bool:
    return state in TRANSITIONS[transition]


def target_state(state: str, transition: Transition) -> RequestState:
    """The state that a move leads to; raises IllegalTransitionError."""
    try:
        return TRANSITIONS[transition][RequestState(state)]
    except KeyError:
        raise IllegalTransitionError(state, transition) from None


def legal_transitions(state: str) -> list[Transition]:
    return [transition for transition in Transition if is_legal(state, transition)]
