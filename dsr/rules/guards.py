"""What a transition may need beside the right state: predicates over facts that `dsr.review.facts` collects once."""

from collections.abc import Mapping
from dataclasses import dataclass

from dsr.rules import after_death
from dsr.rules.rights import BY_GRANT, PACKAGED, WITHHOLDABLE_IN_PART, ItemOutcome, Right


@dataclass(frozen=True)
class ApprovalFacts:
    """Four eyes (setting REQUESTS_FOUR_EYES): what was prepared, and whether by somebody else than who acts now."""

    is_required: bool
    is_prepared: bool
    is_prepared_by_other: bool
    is_refusal: bool

    def allows(self, *, refusal: bool) -> bool:
        """Whether who acts may send the answer now, or the refusal."""
        return not self.is_required or (self.is_prepared_by_other and self.is_refusal == refusal)


@dataclass(frozen=True)
class RequestFacts:
    """One request as it stands now. ``outcomes`` are by right, empty while undecided."""

    outcomes: Mapping[str, str]
    approval: ApprovalFacts
    is_suspended: bool
    may_suspend: bool
    may_extend: bool
    is_identity_checked: bool
    is_mandate_checked: bool
    is_mandate_missing: bool
    is_of_dead: bool
    instructions: str
    may_announce_lifting: bool
    may_end_objection: bool
    has_failed_package: bool
    has_letters_to_post: bool
    has_recipients_to_notify: bool
    is_assigned_to_actor: bool


def always(facts: RequestFacts) -> bool:
    return True


def may_request_proof(facts: RequestFacts) -> bool:
    return facts.may_suspend


def needs_identity_check(facts: RequestFacts) -> bool:
    return not facts.is_identity_checked


def needs_mandate_check(facts: RequestFacts) -> bool:
    return not facts.is_mandate_checked and not facts.is_mandate_missing


def needs_mandate(facts: RequestFacts) -> bool:
    return facts.is_mandate_missing


def is_of_dead(facts: RequestFacts) -> bool:
    return facts.is_of_dead


def may_correct(facts: RequestFacts) -> bool:
    return Right.RECTIFICATION in facts.outcomes


def may_withhold(facts: RequestFacts) -> bool:
    return bool(WITHHOLDABLE_IN_PART & facts.outcomes.keys())


def may_redact(facts: RequestFacts) -> bool:
    return bool(PACKAGED & facts.outcomes.keys())


def may_prepare(facts: RequestFacts) -> bool:
    return facts.approval.is_required and not facts.approval.is_prepared


def may_prepare_refusal(facts: RequestFacts) -> bool:
    return may_prepare(facts) and _nothing_is_granted(facts)


def may_revise(facts: RequestFacts) -> bool:
    return facts.approval.is_required and facts.approval.is_prepared


def may_grant(facts: RequestFacts) -> bool:
    is_checked = facts.is_identity_checked and facts.is_mandate_checked and is_due_after_death(facts)
    return is_checked and facts.approval.allows(refusal=False) and is_ready(facts.outcomes)


def is_ready(outcomes: Mapping[str, str]) -> bool:
    """Whether everything that an answer does not do by itself was decided, and something is granted."""
    undecided = {right for right, outcome in outcomes.items() if not outcome}
    return undecided <= BY_GRANT and set(outcomes.values()) != {ItemOutcome.WITHHELD}


def is_due_after_death(facts: RequestFacts) -> bool:
    """Whether what would be granted is due to who asks for a dead person; always true for the living."""
    denied = {ItemOutcome.WITHHELD, ItemOutcome.NOTHING}
    granted = {right for right, outcome in facts.outcomes.items() if outcome not in denied}
    return not facts.is_of_dead or after_death.may_grant(granted, facts.instructions)


def is_looked_up(facts: RequestFacts) -> bool:
    """A dead person's instructions come first, before a yes and before a no."""
    return not facts.is_of_dead or bool(facts.instructions)


def may_take_back(facts: RequestFacts) -> bool:
    return facts.has_failed_package


def may_refuse(facts: RequestFacts) -> bool:
    return not facts.approval.is_required and _nothing_is_granted(facts) and is_looked_up(facts)


def may_refuse_as_prepared(facts: RequestFacts) -> bool:
    approval = facts.approval
    is_approved = approval.is_required and approval.allows(refusal=True)
    return is_approved and _nothing_is_granted(facts) and is_looked_up(facts)


def may_extend(facts: RequestFacts) -> bool:
    return facts.may_extend


def may_announce_lifting(facts: RequestFacts) -> bool:
    return facts.may_announce_lifting


def may_end_objection(facts: RequestFacts) -> bool:
    return facts.may_end_objection


def is_another_assigned(facts: RequestFacts) -> bool:
    return not facts.is_assigned_to_actor


def is_proof_awaited(facts: RequestFacts) -> bool:
    return facts.is_suspended


def has_letters_to_post(facts: RequestFacts) -> bool:
    return facts.has_letters_to_post


def has_recipients_to_notify(facts: RequestFacts) -> bool:
    return facts.has_recipients_to_notify


def _nothing_is_granted(facts: RequestFacts) -> bool:
    return ItemOutcome.SATISFIED not in facts.outcomes.values()
