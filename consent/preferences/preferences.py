"""What the preferences page says of each group: accepted, refused or not answered, and its dates. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from consent.cookies.choices_cookie import Answer, CookieDecision, EvaluatedChoices
from consent.cookies.registry import DeclaredGroup, Register


@dataclass(frozen=True)
class GroupRow:
    group: DeclaredGroup
    is_accepted: bool
    is_undecided: bool
    is_overridden_by_gpc: bool
    """The browser's signal came after a yes, and replaced it."""
    is_yes_despite_gpc: bool
    """A yes given after the browser's signal, which it overrides."""
    decision: CookieDecision | None

    @property
    def decided_at(self) -> datetime | None:
        return datetime.fromtimestamp(self.decision.at, UTC) if self.decision else None

    @property
    def valid_until(self) -> datetime | None:
        return datetime.fromtimestamp(self.decision.until, UTC) if self.decision else None


def rows(register: Register, evaluated: EvaluatedChoices, *, moment: float) -> list[GroupRow]:
    return [_row(group, evaluated, moment) for group in register.groups]


def _row(group: DeclaredGroup, evaluated: EvaluatedChoices, moment: float) -> GroupRow:
    decision = evaluated.choices.decisions.get(group.key)
    is_accepted = group.key in evaluated.accepted or not (group.needs_consent or group.is_opt_out)
    is_overridden_by_gpc = group.key in evaluated.overridden_by_gpc
    # A yes to an earlier text.
    is_void = decision and decision.is_yes and not (is_accepted or is_overridden_by_gpc)
    if decision and (decision.until <= moment or group.key in evaluated.undecided or is_void):
        decision = None
    answer = decision.answer if decision else None
    return GroupRow(
        group=group,
        is_accepted=is_accepted,
        is_undecided=group.key in evaluated.undecided,
        is_overridden_by_gpc=is_overridden_by_gpc or answer is Answer.NO_BY_GPC,
        is_yes_despite_gpc=answer is Answer.YES_DESPITE_GPC,
        decision=decision,
    )
