"""Every state with every move: the table is spelled out once more here, by hand, to be compared."""

from itertools import product

import pytest

from dsr.rules import transitions
from dsr.rules.states import RequestState
from dsr.rules.transitions import IllegalTransitionError, Transition

LEGAL = {
    ("RECEIVED", "WRITE_MESSAGE"): "RECEIVED",
    ("GRANTED", "WRITE_MESSAGE"): "GRANTED",
    ("RECEIVED", "ADD_DOCUMENT"): "RECEIVED",
    ("GRANTED", "ADD_DOCUMENT"): "GRANTED",
    ("RECEIVED", "SUBMIT_PROOF"): "RECEIVED",
    ("CLOSED", "SUBMIT_PROOF"): "RECEIVED",
    ("RECEIVED", "REQUEST_PROOF"): "RECEIVED",
    ("RECEIVED", "CHECK_IDENTITY"): "RECEIVED",
    ("RECEIVED", "CHECK_MANDATE"): "RECEIVED",
    ("RECEIVED", "LOOK_UP_INSTRUCTIONS"): "RECEIVED",
    ("RECEIVED", "RESUBMIT_MANDATE"): "RECEIVED",
    ("RECEIVED", "EXTEND"): "RECEIVED",
    ("RECEIVED", "DECIDE"): "RECEIVED",
    ("RECEIVED", "WITHHOLD"): "RECEIVED",
    ("RECEIVED", "REDACT"): "RECEIVED",
    ("RECEIVED", "CORRECT"): "RECEIVED",
    ("ANSWERED", "ANNOUNCE_LIFTING"): "ANSWERED",
    ("ANSWERED", "END_OBJECTION"): "ANSWERED",
    ("RECEIVED", "ASSIGN_TO_ME"): "RECEIVED",
    ("GRANTED", "ASSIGN_TO_ME"): "GRANTED",
    ("RECEIVED", "ASSIGN"): "RECEIVED",
    ("GRANTED", "ASSIGN"): "GRANTED",
    ("RECEIVED", "PREPARE"): "RECEIVED",
    ("RECEIVED", "PREPARE_REFUSAL"): "RECEIVED",
    ("RECEIVED", "REVISE"): "RECEIVED",
    ("RECEIVED", "GRANT"): "GRANTED",
    ("GRANTED", "RETURN"): "RECEIVED",
    ("GRANTED", "ANSWER"): "ANSWERED",
    ("RECEIVED", "REFUSE"): "REFUSED",
    ("RECEIVED", "REFUSE_AS_PREPARED"): "REFUSED",
    ("RECEIVED", "WITHDRAW"): "WITHDRAWN",
    ("GRANTED", "WITHDRAW"): "WITHDRAWN",
    ("RECEIVED", "CLOSE"): "CLOSED",
    ("CLOSED", "REOPEN"): "RECEIVED",
    ("RECEIVED", "ENTER_LETTER"): "RECEIVED",
    ("GRANTED", "ENTER_LETTER"): "GRANTED",
    ("CLOSED", "ENTER_LETTER"): "RECEIVED",
}


LEGAL |= {
    (state.value, transition): state.value
    for state in RequestState
    for transition in ("MARK_POSTED", "ADD_NOTE", "NOTIFY_RECIPIENT")
}


@pytest.mark.parametrize(("state", "transition"), list(product(RequestState, Transition)))
def test_every_state_with_every_transition(state: RequestState, transition: Transition) -> None:
    target = LEGAL.get((state.value, transition.name))
    assert transitions.is_legal(state, transition) is (target is not None)
    assert (transition in transitions.legal_transitions(state)) is (target is not None)
    if target is None:
        with pytest.raises(IllegalTransitionError):
            transitions.target_state(state, transition)
    else:
        assert transitions.target_state(state, transition) == target


def test_a_decision_is_final() -> None:
    for state in (RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN):
        assert {
            transitions.target_state(state, transition) for transition in transitions.legal_transitions(state)
        } <= {state}


def test_every_state_can_be_reached() -> None:
    reached = {RequestState.RECEIVED}
    for _ in RequestState:
        reached |= {
            transitions.target_state(state, transition)
            for state in reached
            for transition in transitions.legal_transitions(state)
        }
    assert reached == set(RequestState)
