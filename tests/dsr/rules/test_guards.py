"""What a transition may need beside the right state."""

from dataclasses import replace

import pytest

from dsr.rules.guards import ApprovalFacts, RequestFacts, is_ready
from dsr.rules.rights import BY_GRANT, ItemOutcome, Right
from dsr.rules.states import RequestState
from dsr.rules.transitions import Transition, legal_transitions, possible_transitions

ALONE = ApprovalFacts(is_required=False, is_prepared=False, is_prepared_by_other=False, is_refusal=False)
NEW = RequestFacts(
    outcomes={Right.ACCESS: ""},
    approval=ALONE,
    is_suspended=False,
    may_suspend=True,
    may_extend=True,
    is_identity_checked=False,
    is_mandate_checked=True,
    is_mandate_missing=False,
    is_of_dead=False,
    instructions="",
    may_announce_lifting=False,
    may_end_objection=False,
    has_failed_package=False,
    has_letters_to_post=False,
    has_recipients_to_notify=False,
    is_assigned_to_actor=False,
)
CHECKED = replace(NEW, is_identity_checked=True)


def possible(state: RequestState, facts: RequestFacts) -> set[str]:
    return {transition.name for transition in possible_transitions(state, facts)}


def test_what_is_possible_with_a_new_request():
    assert possible(RequestState.RECEIVED, NEW) == {
        "ADD_DOCUMENT",
        "SUBMIT_PROOF",
        "WITHDRAW",
        "ENTER_LETTER",
        "REDACT",
        "CHECK_IDENTITY",
        "REQUEST_PROOF",
        "DECIDE",
        "WITHHOLD",
        "REFUSE",
        "EXTEND",
        "WRITE_MESSAGE",
        "ASSIGN_TO_ME",
        "ASSIGN",
        "ADD_NOTE",
    }


@pytest.mark.parametrize(
    ("state", "change", "transition"),
    [
        (RequestState.RECEIVED, {"may_suspend": False}, "REQUEST_PROOF"),
        (RequestState.RECEIVED, {"may_extend": False}, "EXTEND"),
        (RequestState.RECEIVED, {"is_identity_checked": True}, "CHECK_IDENTITY"),
        (RequestState.RECEIVED, {"outcomes": {Right.OBJECTION: ""}}, "REDACT"),
        (RequestState.RECEIVED, {"outcomes": {Right.OBJECTION: ""}}, "WITHHOLD"),
        (RequestState.RECEIVED, {"outcomes": {Right.ACCESS: ItemOutcome.SATISFIED}}, "REFUSE"),
        (RequestState.GRANTED, {"is_assigned_to_actor": True}, "ASSIGN_TO_ME"),
    ],
)
def test_what_a_fact_takes_away(state: RequestState, change: dict[str, object], transition: str):
    assert transition in possible(state, NEW)
    assert transition not in possible(state, replace(NEW, **change))


@pytest.mark.parametrize(
    ("state", "change", "transition"),
    [
        (RequestState.RECEIVED, {"is_mandate_checked": False}, "CHECK_MANDATE"),
        (RequestState.RECEIVED, {"is_mandate_missing": True}, "RESUBMIT_MANDATE"),
        (RequestState.RECEIVED, {"outcomes": {Right.RECTIFICATION: ""}}, "CORRECT"),
        (RequestState.RECEIVED, {"is_suspended": True}, "CLOSE"),
        (RequestState.RECEIVED, {"is_identity_checked": True}, "GRANT"),
        (RequestState.GRANTED, {"has_failed_package": True}, "RETURN"),
        (RequestState.ANSWERED, {"may_announce_lifting": True}, "ANNOUNCE_LIFTING"),
        (RequestState.ANSWERED, {"may_end_objection": True}, "END_OBJECTION"),
        (RequestState.REFUSED, {"has_letters_to_post": True}, "MARK_POSTED"),
        (RequestState.REFUSED, {"has_recipients_to_notify": True}, "NOTIFY_RECIPIENT"),
    ],
)
def test_what_a_fact_makes_possible(state: RequestState, change: dict[str, object], transition: str):
    assert transition not in possible(state, NEW)
    assert transition in possible(state, replace(NEW, **change))


def test_of_an_erasure_something_is_withheld_but_nothing_redacted():
    offered = possible(RequestState.RECEIVED, replace(NEW, outcomes={Right.ERASURE: ""}))
    assert offered & {"WITHHOLD", "REDACT"} == {"WITHHOLD"}


@pytest.mark.parametrize(
    ("is_prepared", "is_other", "is_refusal", "offered"),
    [
        (False, False, False, {"PREPARE", "PREPARE_REFUSAL"}),
        (True, False, False, {"REVISE"}),
        (True, False, True, {"REVISE"}),
        (True, True, False, {"REVISE", "GRANT"}),
        (True, True, True, {"REVISE", "REFUSE_AS_PREPARED"}),
    ],
)
def test_four_eyes(is_prepared: bool, is_other: bool, is_refusal: bool, offered: set[str]):
    approval = ApprovalFacts(
        is_required=True, is_prepared=is_prepared, is_prepared_by_other=is_other, is_refusal=is_refusal
    )
    all_of_it = {"PREPARE", "PREPARE_REFUSAL", "REVISE", "GRANT", "REFUSE", "REFUSE_AS_PREPARED"}
    facts = replace(CHECKED, approval=approval)
    assert possible(RequestState.RECEIVED, facts) & all_of_it == offered


def test_four_eyes_approve_no_refusal_of_what_was_granted_in_part():
    granted = replace(CHECKED, outcomes={Right.ACCESS: ItemOutcome.SATISFIED})
    nothing_prepared = replace(ALONE, is_required=True)
    refusal_prepared = ApprovalFacts(
        is_required=True, is_prepared=True, is_prepared_by_other=True, is_refusal=True
    )
    assert "PREPARE" in possible(RequestState.RECEIVED, replace(granted, approval=nothing_prepared))
    for approval in (nothing_prepared, refusal_prepared):
        offered = possible(RequestState.RECEIVED, replace(granted, approval=approval))
        assert not offered & {"PREPARE_REFUSAL", "REFUSE", "REFUSE_AS_PREPARED"}


@pytest.mark.parametrize("is_refusal", [False, True])
def test_once_four_eyes_are_off_what_was_prepared_holds_nothing_up(is_refusal: bool):
    """The setting may change while an answer waits for its second person."""
    prepared = replace(ALONE, is_prepared=True, is_prepared_by_other=True, is_refusal=is_refusal)
    offered = possible(RequestState.RECEIVED, replace(CHECKED, approval=prepared))
    assert offered >= {"GRANT", "REFUSE"}
    assert not offered & {"PREPARE", "PREPARE_REFUSAL", "REVISE", "REFUSE_AS_PREPARED"}


@pytest.mark.parametrize("missing", ["is_identity_checked", "is_mandate_checked"])
def test_nothing_is_granted_unchecked(missing: str):
    assert "GRANT" not in possible(RequestState.RECEIVED, replace(CHECKED, **{missing: False}))


def test_what_an_answer_waits_for():
    assert is_ready(dict.fromkeys(BY_GRANT, ""))
    assert not is_ready({Right.ACCESS: "", Right.OBJECTION: ""})
    assert not is_ready({Right.ACCESS: ItemOutcome.WITHHELD})
    assert is_ready({Right.ACCESS: ItemOutcome.WITHHELD, Right.OBJECTION: ItemOutcome.NOTHING})


@pytest.mark.parametrize("state", RequestState)
def test_a_guard_only_takes_away(state: RequestState):
    for facts in (NEW, CHECKED):
        assert set(possible_transitions(state, facts)) <= set(legal_transitions(state))


def test_every_guard_says_yes_or_no_of_any_request():
    for transition in Transition:
        for facts in (NEW, CHECKED, replace(NEW, outcomes={})):
            assert transition.value.guard(facts) in {True, False}


OF_DEAD = replace(CHECKED, is_of_dead=True)


@pytest.mark.parametrize(
    ("facts", "granted", "refused"),
    [
        (OF_DEAD, False, False),
        (replace(OF_DEAD, instructions="NONE"), True, True),
        (replace(OF_DEAD, instructions="FOLLOWED"), True, True),
        (replace(OF_DEAD, instructions="EXCLUDED"), False, True),
        (replace(OF_DEAD, instructions="NONE", outcomes={Right.PORTABILITY: ""}), False, True),
        (
            replace(OF_DEAD, instructions="NONE", outcomes={Right.ACCESS: "", Right.PORTABILITY: "WITHHELD"}),
            True,
            True,
        ),
        (replace(CHECKED, outcomes={Right.PORTABILITY: ""}), True, True),
    ],
)
def test_the_instructions_of_a_dead_person_come_before_any_answer(facts, granted: bool, refused: bool):
    found = possible(RequestState.RECEIVED, facts)
    assert ("GRANT" in found, "REFUSE" in found) == (granted, refused)
    assert ("LOOK_UP_INSTRUCTIONS" in found) is facts.is_of_dead


def test_a_refusal_that_was_prepared_waits_for_the_instructions_too():
    prepared = replace(ALONE, is_required=True, is_prepared=True, is_prepared_by_other=True, is_refusal=True)
    facts = replace(OF_DEAD, approval=prepared)
    assert "REFUSE_AS_PREPARED" not in possible(RequestState.RECEIVED, facts)
    assert "REFUSE_AS_PREPARED" in possible(RequestState.RECEIVED, replace(facts, instructions="NONE"))
