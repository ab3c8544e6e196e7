"""The table of transitions: which are possible, from where to where."""

from itertools import product

import pytest

from softnlabs.website.enquiries import states
from softnlabs.website.enquiries.states import EnquiryState, Transition

N, A, C = EnquiryState.NEW, EnquiryState.ANSWERED, EnquiryState.CLOSED
# By state and whether the last word is the person's: what is possible, and what becomes of it.
EXPECTED = {
    Transition.ANSWER: {(N, True): A, (A, False): A, (C, True): A, (C, False): A},
    Transition.NOTE_IN: {(N, True): N, (A, False): N, (C, True): N, (C, False): N},
    Transition.NOTE_OUT: {(N, True): A, (A, False): A, (C, True): A, (C, False): A},
    Transition.NOTE_EARLIER: {(N, True): N, (A, False): A, (C, True): C, (C, False): C},
    Transition.ASSIGN: {(N, True): N, (A, False): A},
    Transition.CLOSE: {(N, True): C, (A, False): C},
    Transition.CLOSE_AS_SPAM: {(N, True): C},
    Transition.REOPEN: {(C, True): N},
    Transition.REOPEN_ANSWERED: {(C, False): A},
}


@pytest.mark.parametrize(
    ("transition", "stands"), list(product(Transition, [(N, True), (A, False), (C, True), (C, False)]))
)
def test_each_transition_from_each_state(transition: Transition, stands: tuple[EnquiryState, bool]) -> None:
    state, is_unanswered = stands
    expected = EXPECTED[transition].get(stands)
    assert states.is_possible(state, transition, is_unanswered=is_unanswered) is (expected is not None)
    if expected is None:
        with pytest.raises(states.IllegalTransitionError):
            states.target_state(state, transition, is_unanswered=is_unanswered)
    else:
        assert states.target_state(state, transition, is_unanswered=is_unanswered) == expected
