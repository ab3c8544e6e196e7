"""What the desk does for each button of the table of transitions."""

from collections.abc import Callable
from datetime import datetime

from dsr.after_death import instructions
from dsr.answer import notifications, setbacks
from dsr.answer.tasks import build_packages
from dsr.desk.admin_action import AdminAction
from dsr.identity import mandates, verification
from dsr.lifecycle import assignment, notes
from dsr.messages import letters
from dsr.requests.models import SubjectRequest
from dsr.review import approval, corrections, decisions, end_objection, lift_restriction
from dsr.review.facts import possible_transitions
from dsr.rules.transitions import Transition

FUNCTIONS: dict[Transition, Callable[..., None]] = {
    Transition.CHECK_IDENTITY: verification.check,
    Transition.REQUEST_PROOF: verification.request_proof,
    Transition.CHECK_MANDATE: mandates.check,
    Transition.LOOK_UP_INSTRUCTIONS: instructions.look_up,
    Transition.RESUBMIT_MANDATE: mandates.resubmit,
    Transition.DECIDE: decisions.decide,
    Transition.CORRECT: corrections.correct,
    Transition.WITHHOLD: decisions.withhold,
    Transition.PREPARE: approval.prepare,
    Transition.PREPARE_REFUSAL: approval.prepare_refusal,
    Transition.REVISE: approval.revise,
    Transition.GRANT: decisions.grant,
    Transition.RETURN: setbacks.take_back,
    Transition.REFUSE: decisions.refuse,
    Transition.REFUSE_AS_PREPARED: decisions.refuse_as_prepared,
    Transition.EXTEND: decisions.extend,
    Transition.WRITE_MESSAGE: decisions.write,
    Transition.ANNOUNCE_LIFTING: lift_restriction.announce,
    Transition.END_OBJECTION: end_objection.end,
    Transition.ASSIGN_TO_ME: assignment.assign_to_me,
    Transition.ASSIGN: assignment.assign,
    Transition.CLOSE: decisions.close,
    Transition.REOPEN: decisions.reopen,
    Transition.MARK_POSTED: letters.mark_posted,
    Transition.NOTIFY_RECIPIENT: notifications.close,
    Transition.ADD_NOTE: notes.add,
}
TASKS = {Transition.GRANT: build_packages}
ADMIN_ACTIONS = tuple(
    AdminAction(transition, transition.button, FUNCTIONS[transition], TASKS.get(transition))
    for transition in Transition
    if transition.button
)


def available(request: SubjectRequest, *, now: datetime) -> list[AdminAction]:
    """The buttons that the law and the state allow now, in the order of the table."""
    possible = possible_transitions(request, now=now)
    return [action for action in ADMIN_ACTIONS if action.transition in possible]
