"""What is known of a request now, for the guards of its transitions."""

from datetime import datetime

from dsr.answer import setbacks
from dsr.identity import mandates, verification
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.review import approval, end_objection, lift_restriction
from dsr.rules import transitions
from dsr.rules.deadlines import paris_day
from dsr.rules.guards import RequestFacts
from dsr.rules.rights import Right
from dsr.rules.transitions import Transition
from privacy.audit import trail


def possible_transitions(request: SubjectRequest, *, now: datetime) -> list[Transition]:
    """What may be done with the request now: what its state allows and its dates and checks do not forbid."""
    return transitions.possible_transitions(request.state, facts_of(request, now=now))


def facts_of(request: SubjectRequest, *, now: datetime) -> RequestFacts:
    """Collect the facts once, in about ten queries."""
    clock, today = request.clock(), paris_day(now)
    mandate = mandate_of(request)
    outcomes = {item.right: item.outcome for item in request.items.all()}
    return RequestFacts(
        outcomes=outcomes,
        approval=approval.facts(request),
        is_suspended=clock.is_suspended,
        may_suspend=clock.may_suspend(today),
        # A letter that was posted in time is entered whenever that is: its form asks for the day.
        may_extend=not clock.extended_on if request.by_post else clock.may_extend(today),
        is_identity_checked=verification.is_checked(request),
        is_mandate_checked=mandates.is_checked(request),
        is_mandate_missing=mandates.is_resubmission_needed(request),
        is_of_dead=mandate is not None and mandate.is_of_dead,
        instructions=mandate.instructions if mandate else "",
        may_announce_lifting=Right.RESTRICTION in outcomes and lift_restriction.may_announce(request),
        may_end_objection=Right.OBJECTION in outcomes and end_objection.may_end(request),
        has_failed_package=setbacks.may_take_back(request),
        has_letters_to_post=request.sent_letters.to_post().exists(),
        has_recipients_to_notify=request.recipient_notifications.open().exists(),
        is_assigned_to_actor=request.assignee == trail.actor(),
    )
