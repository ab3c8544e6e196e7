"""Every state with every move: the table is spelled out once more here, by hand, to be compared."""

from itertools import product

import pytest

from dsr.rules import states
from dsr.rules.states import IllegalMove, Move, State

LEGAL = {
    ("RECEIVED", "WRITE"): "RECEIVED",
    ("GRANTED", "WRITE"): "GRANTED",
    ("RECEIVED", "ENCLOSE"): "RECEIVED",
    ("GRANTED", "ENCLOSE"): "GRANTED",
    ("RECEIVED", "PROVE"): "RECEIVED",
    ("CLOSED", "PROVE"): "RECEIVED",
    ("RECEIVED", "ASK_IDENTITY"): "RECEIVED",
    ("RECEIVED", "CHECK_IDENTITY"): "RECEIVED",
    ("RECEIVED", "CHECK_MANDATE"): "RECEIVED",
    ("RECEIVED", "HAND_IN"): "RECEIVED",
    ("RECEIVED", "EXTEND"): "RECEIVED",
    ("RECEIVED", "DECIDE"): "RECEIVED",
    ("RECEIVED", "RESERVE"): "RECEIVED",
    ("RECEIVED", "STRIKE"): "RECEIVED",
    ("RECEIVED", "CORRECT"): "RECEIVED",
    ("ANSWERED", "ANNOUNCE"): "ANSWERED",
    ("RECEIVED", "TAKE"): "RECEIVED",
    ("GRANTED", "TAKE"): "GRANTED",
    ("RECEIVED", "ORGANISE"): "RECEIVED",
    ("GRANTED", "ORGANISE"): "GRANTED",
    ("RECEIVED", "PREPARE"): "RECEIVED",
    ("RECEIVED", "PREPARE_REFUSAL"): "RECEIVED",
    ("RECEIVED", "REVISE"): "RECEIVED",
    ("RECEIVED", "GRANT"): "GRANTED",
    ("GRANTED", "RETURN"): "RECEIVED",
    ("GRANTED", "ANSWER"): "ANSWERED",
    ("RECEIVED", "REFUSE"): "REFUSED",
    ("RECEIVED", "WITHDRAW"): "WITHDRAWN",
    ("GRANTED", "WITHDRAW"): "WITHDRAWN",
    ("RECEIVED", "CLOSE"): "CLOSED",
    ("CLOSED", "REOPEN"): "RECEIVED",
    ("RECEIVED", "ENTER"): "RECEIVED",
    ("GRANTED", "ENTER"): "GRANTED",
    ("CLOSED", "ENTER"): "RECEIVED",
}


LEGAL |= {(state.value, move): state.value for state in State for move in ("POST", "NOTE", "TELL")}


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_every_state_with_every_move(state: State, move: Move) -> None:
    target = LEGAL.get((state.value, move.value))
    assert states.is_legal(state, move) is (target is not None)
    assert (move in states.legal_moves(state)) is (target is not None)
    if target is None:
        with pytest.raises(IllegalMove):
            states.after(state, move)
    else:
        assert states.after(state, move) == target


def test_a_decision_is_final() -> None:
    for state in (State.ANSWERED, State.REFUSED, State.WITHDRAWN):
        assert {states.after(state, move) for move in states.legal_moves(state)} <= {state}


def test_every_state_can_be_reached() -> None:
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {states.after(state, move) for state in reached for move in states.legal_moves(state)}
    assert reached == set(State)
