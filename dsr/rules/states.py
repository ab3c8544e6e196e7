"""The states of a request, and the only moves between them: one table, nothing else decides.

Overdue, extended and suspended are facts of dates (see `deadlines`), not states.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    GRANTED = "GRANTED", _("Granted, answer in preparation")
    ANSWERED = "ANSWERED", _("Answered")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed without answer")


class Move(TextChoices):
    WRITE = "WRITE", _("Write a message")
    ENCLOSE = "ENCLOSE", _("Add a document")
    PROVE = "PROVE", _("Send the proof of identity")
    ENTER = "ENTER", _("Enter a letter")
    ASK_IDENTITY = "ASK_IDENTITY", _("Ask for a proof of identity")
    CHECK_IDENTITY = "CHECK_IDENTITY", _("Mark the identity as checked")
    CHECK_MANDATE = "CHECK_MANDATE", _("Mark the mandate as checked")
    HAND_IN = "HAND_IN", _("Hand in the mandate again")
    EXTEND = "EXTEND", _("Extend the delay")
    DECIDE = "DECIDE", _("Decide on one right")
    RESERVE = "RESERVE", _("Keep something back")
    STRIKE = "STRIKE", _("Strike out words about other people")
    CORRECT = "CORRECT", _("Decide on one correction")
    ANNOUNCE = "ANNOUNCE", _("Announce the end of the restriction")
    TAKE = "TAKE", _("Take it on myself")
    ORGANISE = "ORGANISE", _("Assign, and set a target")
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
    POST = "POST", _("Mark a letter as posted")
    NOTE = "NOTE", _("Add an internal note")
    TELL = "TELL", _("Tell a recipient")


class IllegalMove(Exception):
    """The table has no such move from this state."""

    def __init__(self, state: str, move: str) -> None:
        super().__init__(f"{move} is not possible from {state}")


MOVES: dict[Move, dict[State, State]] = {
    Move.WRITE: {State.RECEIVED: State.RECEIVED, State.GRANTED: State.GRANTED},
    Move.ENCLOSE: {State.RECEIVED: State.RECEIVED, State.GRANTED: State.GRANTED},
    Move.PROVE: {State.RECEIVED: State.RECEIVED, State.CLOSED: State.RECEIVED},
    Move.ENTER: {State.RECEIVED: State.RECEIVED, State.GRANTED: State.GRANTED, State.CLOSED: State.RECEIVED},
    Move.ASK_IDENTITY: {State.RECEIVED: State.RECEIVED},
    Move.CHECK_IDENTITY: {State.RECEIVED: State.RECEIVED},
    Move.CHECK_MANDATE: {State.RECEIVED: State.RECEIVED},
    Move.HAND_IN: {State.RECEIVED: State.RECEIVED},
    Move.EXTEND: {State.RECEIVED: State.RECEIVED},
    Move.DECIDE: {State.RECEIVED: State.RECEIVED},
    Move.RESERVE: {State.RECEIVED: State.RECEIVED},
    Move.STRIKE: {State.RECEIVED: State.RECEIVED},
    Move.CORRECT: {State.RECEIVED: State.RECEIVED},
    Move.ANNOUNCE: {State.ANSWERED: State.ANSWERED},
    Move.TAKE: {State.RECEIVED: State.RECEIVED, State.GRANTED: State.GRANTED},
    Move.ORGANISE: {State.RECEIVED: State.RECEIVED, State.GRANTED: State.GRANTED},
    Move.PREPARE: {State.RECEIVED: State.RECEIVED},
    Move.PREPARE_REFUSAL: {State.RECEIVED: State.RECEIVED},
    Move.REVISE: {State.RECEIVED: State.RECEIVED},
    Move.GRANT: {State.RECEIVED: State.GRANTED},
    Move.RETURN: {State.GRANTED: State.RECEIVED},
    Move.ANSWER: {State.GRANTED: State.ANSWERED},
    Move.REFUSE: {State.RECEIVED: State.REFUSED},
    Move.WITHDRAW: {State.RECEIVED: State.WITHDRAWN, State.GRANTED: State.WITHDRAWN},
    Move.CLOSE: {State.RECEIVED: State.CLOSED},
    Move.REOPEN: {State.CLOSED: State.RECEIVED},
    # Work that a decision does not end: letters to post, notes, recipients to be told.
    Move.POST: {state: state for state in State},
    Move.NOTE: {state: state for state in State},
    Move.TELL: {state: state for state in State},
}
OPEN = frozenset({State.RECEIVED, State.GRANTED})
FINAL = frozenset(State) - OPEN


def is_legal(state: str, move: Move) -> bool:
    return state in MOVES[move]


def after(state: str, move: Move) -> State:
    """The state that a move leads to; raises IllegalMove."""
    try:
        return MOVES[move][State(state)]
    except KeyError:
        raise IllegalMove(state, move) from None


def legal_moves(state: str) -> list[Move]:
    return [move for move in Move if is_legal(state, move)]
